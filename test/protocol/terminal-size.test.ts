import { describe, expect, it } from "vitest";
import { decodeTerminalSize, encodeTerminalSize } from "../../emulator/protocol/terminal-size.ts";
import { payloadOf } from "./agent-payload.ts";

describe("terminal size", () => {
  it("is written and read as the plugin writes it", () => {
    // Scenario standard-stream-shell, frame 7.
    const payload = payloadOf('{"cols":90,"rows":30}');
    expect(encodeTerminalSize({ columns: 90, rows: 30 })).toEqual(payload);
    expect(decodeTerminalSize(payload)).toEqual({ columns: 90, rows: 30 });
  });

  it("is 0 where nothing is said, as in Go", () => {
    expect(decodeTerminalSize(payloadOf('{"cols":80}'))).toEqual({ columns: 80, rows: 0 });
  });

  it.each(["", "{]", '{"cols":-1}', '{"rows":65536}', '{"cols":"80"}', '{"cols":80.5}', "90x30"])(
    "is refused as %j",
    (text) => {
      expect(() => decodeTerminalSize(payloadOf(text))).toThrow(
        expect.objectContaining({ code: "frame-malformed" }),
      );
    },
  );
});
