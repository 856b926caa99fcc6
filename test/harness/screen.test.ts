import { describe, expect, it } from "vitest";
import { ScreenTerminal } from "../../harness/screen.ts";

async function screenAfter(output: string) {
  const terminal = new ScreenTerminal({ columns: 10, rows: 3 }, () => {});
  await terminal.write(Buffer.from(output));
  return terminal.read();
}

describe("the screen", () => {
  it.each([
    ["lines", "one\r\ntwo", ["one", "two", ""], { row: 1, column: 3 }],
    ["a line that is drawn over", "one two\rno\u001b[K", ["no", "", ""], { row: 0, column: 2 }],
    ["a line longer than a row", "0123456789abc", ["0123456789", "abc", ""], { row: 1, column: 3 }],
    ["the last rows of more than it holds", "1\r\n2\r\n3\r\n4", ["2", "3", "4"], { row: 2, column: 1 }],
    ["a cleared screen", "one\u001b[2J\u001b[Htwo", ["two", "", ""], { row: 0, column: 3 }],
    [
      "the alternate screen of an editor",
      "one\u001b[?1049h\u001b[Hvi",
      ["vi", "", ""],
      { row: 0, column: 2 },
    ],
  ])("shows %s", async (_what, output, lines, cursor) => {
    expect(await screenAfter(output)).toMatchObject({ lines, cursor, text: lines.join("\n").trimEnd() });
  });
});
