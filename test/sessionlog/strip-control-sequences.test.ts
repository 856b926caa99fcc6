import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { stripControlSequences } from "../../emulator/sessionlog/strip-control-sequences.ts";
import recorded from "../fixtures/sessionlog/strip-cases.json" with { type: "json" };

function strip(line: Uint8Array): string | undefined {
  const stripped = stripControlSequences(line);
  return stripped && Buffer.from(stripped).toString("hex");
}

describe("stripControlSequences", () => {
  it.each(recorded.cases)("strips $in as the agent does", ({ in: line, out, error }) => {
    expect(strip(Buffer.from(line, "hex"))).toBe(error === null ? out : undefined);
  });

  it.each([
    ["no parameter where one is needed", "\x1b[ W"],
    ["two parameters where one is allowed", "\x1b[1;2K"],
    ["three parameters where two are allowed", "\x1b[1;2;3H"],
    ["a start of string inside a control string", "\x1b]a\x1bXb\x1b\\"],
  ])("refuses %s", (_rule, line) => {
    expect(strip(Buffer.from(line, "latin1"))).toBeUndefined();
  });

  it.each([
    ["private parameters counted as one", "\x1b[<1;2K"],
    ["any number of parameters for a function it does not know", "\x1b[1;2;3;4t"],
    ["the newline that follows a single shift", "\x1bN\n"],
  ])("removes %s", (_rule, line) => {
    expect(strip(Buffer.from(line, "latin1"))).toBe("");
  });

  it("reads only its own part of a larger buffer", () => {
    const whole = new Uint8Array(Buffer.from("\x1b[31m\x1b]0;t\x1b\\x\x1b\\", "latin1"));
    expect(strip(whole.subarray(5, 13))).toBe("78");
  });
});
