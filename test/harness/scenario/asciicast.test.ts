import { describe, expect, it } from "vitest";
import { asciicast } from "../../../harness/scenario/asciicast.ts";

describe("asciicast", () => {
  it("is a header and an event a line, with times in seconds since the start", () => {
    const header = { size: { columns: 132, rows: 43 }, startedAt: 1_700_000_000_999, title: "alice" };
    const text = asciicast(header, [
      { type: "output", atMs: 12.4, text: "sh-5.2$ \u001b[0m\r\n" },
      { type: "resize", atMs: 1_500, size: { columns: 80, rows: 24 } },
    ]);
    const lines = text.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        version: 2,
        width: 132,
        height: 43,
        timestamp: 1_700_000_000,
        env: { SHELL: "/bin/sh", TERM: "xterm-256color" },
        title: "alice",
      },
      [0.012, "o", "sh-5.2$ \u001b[0m\r\n"],
      [1.5, "r", "80x24"],
    ]);
    expect(text.endsWith("\n")).toBe(true);
  });
});
