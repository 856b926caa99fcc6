import { describe, expect, it } from "vitest";
import { decodeFlag, encodeFlag, flag } from "../../emulator/protocol/flag.ts";
import { agentPayload } from "./agent-payload.ts";

describe("flag", () => {
  it("is written and read as the agent writes it", () => {
    const payload = agentPayload("agent-flag-connect-to-port-error");
    expect(encodeFlag(flag.connectToPortError)).toEqual(payload);
    expect(decodeFlag(payload)).toBe(flag.connectToPortError);
  });

  it.each([0, 3, 5])("is refused with %i bytes", (length) => {
    expect(() => decodeFlag(new Uint8Array(length))).toThrow(
      expect.objectContaining({ code: "frame-malformed" }),
    );
  });
});
