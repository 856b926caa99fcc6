import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LogLineSplitter, maxEventTextBytes } from "../../emulator/sessionlog/log-line-splitter.ts";

function push(splitter: LogLineSplitter, text: string): string[] {
  return splitter.push(Buffer.from(text, "latin1")).map(latin1);
}

function latin1(line: Uint8Array): string {
  return Buffer.from(line).toString("latin1");
}

describe("LogLineSplitter", () => {
  it("gives a line out when its newline arrives", () => {
    const splitter = new LogLineSplitter();
    expect(push(splitter, "$ ")).toEqual([]);
    expect(push(splitter, "id\r\nuid=0\r\n\r\n# ")).toEqual(["$ id\r\n", "uid=0\r\n", "\r\n"]);
  });

  it("gives the unfinished line out once, at the end", () => {
    const splitter = new LogLineSplitter();
    push(splitter, "a\n$ ");
    expect(splitter.end().map(latin1)).toEqual(["$ "]);
    expect(splitter.end()).toEqual([]);
  });

  it("strips control sequences that arrive in parts", () => {
    const splitter = new LogLineSplitter();
    push(splitter, "\x1b[3");
    expect(push(splitter, "1mred\x1b[0m\n")).toEqual(["red\n"]);
  });

  it("keeps every escape of a line with an invalid sequence, and of that line only", () => {
    const lines = "\x1b[1ma\n\x1b[1mb\x1b]0;title\x07\n\x1b[1mc\n";
    expect(push(new LogLineSplitter(), lines)).toEqual(["a\n", "\x1b[1mb\x1b]0;title\x07\n", "c\n"]);
  });

  it("takes a newline at the size limit with its line", () => {
    const line = `${"x".repeat(maxEventTextBytes - 1)}\n`;
    expect(push(new LogLineSplitter(), line)).toEqual([line]);
  });

  it("cuts a longer line into pieces before its newline arrives", () => {
    const splitter = new LogLineSplitter();
    const piece = "x".repeat(maxEventTextBytes);
    expect(push(splitter, piece.slice(1))).toEqual([]);
    expect(push(splitter, "x")).toEqual([piece]);
    expect(push(splitter, `${piece}x`)).toEqual([piece]);
    expect(push(splitter, "\n")).toEqual(["x\n"]);
  });

  it("gives the same lines however the bytes arrive", () => {
    const text = fc.string({
      unit: fc.constantFrom("\n", "\r", "\x1b", "[", "1", "m", "]", "\\", "a".repeat(20_000)),
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, fc.array(fc.nat(70_000), { maxLength: 6 }), (output, cuts) => {
        const ends = [...cuts, output.length]
          .map((cut) => Math.min(cut, output.length))
          .sort((a, b) => a - b);
        const splitter = new LogLineSplitter();
        const parts = ends.flatMap((end, index) => push(splitter, output.slice(ends[index - 1] ?? 0, end)));
        expect([...parts, ...splitter.end().map(latin1)]).toEqual(linesAtOnce(output));
      }),
    );
  });
});

function linesAtOnce(output: string): string[] {
  const splitter = new LogLineSplitter();
  return [...push(splitter, output), ...splitter.end().map(latin1)];
}
