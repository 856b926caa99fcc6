import { describe, expect, it } from "vitest";
import { handshakeFailure, startFailure } from "../../emulator/agent/failure-texts.ts";

describe("a failure's text", () => {
  it("stands under the agent's banner", () => {
    expect(startFailure("no such user")).toBe(
      "\n----------ERROR-------\nUnable to start command: no such user\n",
    );
    expect(handshakeFailure("too old")).toBe("\n----------ERROR-------\ntoo old");
  });

  it("is cut at 2500 characters, and says so", () => {
    const text = startFailure("x".repeat(3_000));
    expect(text).toHaveLength(2_500);
    expect(text.endsWith("x\n---Error truncated----")).toBe(true);
  });
});
