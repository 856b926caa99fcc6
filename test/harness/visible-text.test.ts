import { describe, expect, it } from "vitest";
import { VisibleText } from "../../harness/visible-text.ts";

const esc = "\u001b";

describe("visible text", () => {
  it.each([
    ["colours", `${esc}[1;31mred${esc}[0m`, "red"],
    ["modes", `${esc}[?2004hsh-5.2$ `, "sh-5.2$ "],
    ["carriage returns", "one\r\ntwo\r\r\n", "one\ntwo\n"],
    ["a window title ended by BEL", `${esc}]0;title\u0007text`, "text"],
    ["a window title ended by ST", `${esc}]0;title${esc}\\text`, "text"],
    ["a character set", `${esc}(Btext`, "text"],
    ["saved cursors", `${esc}7text${esc}8`, "text"],
    ["bells and backspaces", "a\u0007b\bc\u007f", "abc"],
    ["a sequence that is cancelled", `${esc}[1\u0018text`, "text"],
    ["a sequence that another one breaks off", `${esc}[1${esc}[2mtext`, "text"],
    ["tabs, which stay", "a\tb", "a\tb"],
    ["characters beyond ASCII, which stay", "grün 🙂", "grün 🙂"],
  ])("goes without %s", (_what, output, visible) => {
    expect(new VisibleText().read(output)).toBe(visible);
    const piecewise = new VisibleText();
    expect([...output].map((char) => piecewise.read(char)).join("")).toBe(visible);
  });

  it("tells of each control sequence with the text in front of it", () => {
    const told: string[][] = [];
    new VisibleText((sequence, before) => told.push([sequence, before])).read(`a${esc}[?2004lb${esc}[0m`);
    expect(told).toEqual([
      ["?2004l", "a"],
      ["0m", "ab"],
    ]);
  });

  it("gives up a sequence that does not end", () => {
    const visible = new VisibleText().read(`${esc}[${"1;".repeat(1_000)}`);
    expect(visible.length).toBeGreaterThan(0);
  });
});
