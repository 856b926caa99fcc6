import { expect, it } from "vitest";
import { OutputPrefix } from "../../emulator/agent/output-prefix.ts";

const putAll = (prefix: string, ...chunks: string[]) => {
  const output = new OutputPrefix(prefix);
  return chunks.map((chunk) => Buffer.from(output.put(Buffer.from(chunk))).toString());
};

it.each([
  ["leads the first piece, not each line", ["one\ntwo\n"], ["OUT:one\ntwo\n"]],
  ["is not repeated within a line", ["on", "e\n"], ["OUT:on", "e\n"]],
  ["leads the piece after one that ended a line", ["one\n", "two"], ["OUT:one\n", "OUT:two"]],
])("a prefix %s", (_rule, chunks, expected) => {
  expect(putAll("OUT:", ...chunks)).toEqual(expected);
});

it("a prefix fills the agent's payload together with its piece", () => {
  const line = `${"x".repeat(1019)}\n`;
  expect(putAll("OUT:", `${line}rest`)).toEqual([`OUT:${line}OUT:rest`]);
});

it("no prefix leaves the bytes as they are", () => {
  const bytes = Buffer.from("a\nb");
  expect(new OutputPrefix("").put(bytes)).toBe(bytes);
});
