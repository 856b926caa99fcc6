import { describe, expect, it } from "vitest";
import { FileError } from "../../emulator/yaml-file/file-error.ts";
import { parseYamlFile } from "../../emulator/yaml-file/parse-yaml-file.ts";

/** `line:column: expected …, found …` for each mistake. */
function mistakesIn(text: string): readonly string[] {
  try {
    parseYamlFile(text, "file.yaml");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.message.split("\n").map((line) => line.replace("file.yaml:", ""));
  }
  return [];
}

describe("a file whose syntax is right", () => {
  it.each(["", "# nothing\n", "{}"])("may be as empty as %j", (text) => {
    expect(parseYamlFile(text, "file.yaml").value).toEqual({});
  });

  it("keeps the digits of the values that are named, and of no others", () => {
    const text = "account: 0042\ngiven: { account: 0043 }\nport: 0044";
    const { value } = parseYamlFile(text, "file.yaml", { digits: [["account"], ["given", "account"]] });
    expect(value).toEqual({ account: "0042", given: { account: "0043" }, port: 44 });
  });

  it.each([
    [["steps", 1], { line: 3, column: 5 }],
    [["steps", 1, "run"], { line: 3, column: 5 }],
    [["steps", 0, "on"], { line: 2, column: 5 }],
    [["steps", 7], { line: 2, column: 3 }],
    [["then"], { line: 1, column: 1 }],
  ])("tells where %j stands, or its nearest holder", (path, position) => {
    const file = parseYamlFile("steps:\n  - start: alice\n  - run: whoami", "file.yaml");
    expect(file.positionOf(path)).toEqual(position);
  });

  it("makes problems into mistakes in the file's order", () => {
    const file = parseYamlFile("a: 1\nb: 2", "file.yaml");
    const problem = (name: string) => ({ path: [name], isAboutName: true, expected: "c", found: name });
    const error = file.refuse([problem("b"), problem("a")]);
    expect(error.message).toBe(
      "file.yaml:1:1: a: expected c, found a\nfile.yaml:2:1: b: expected c, found b",
    );
    expect(error.mistakes.map(({ line }) => line)).toEqual([1, 2]);
  });
});

describe("a mistake of syntax", () => {
  it.each([
    ["a: 'x\nb: 1", /^\d+:\d+: expected YAML, found Missing closing 'quote/],
    ["a: 1\na: 2", /^2:1: expected YAML, found Map keys must be unique/],
    ["region: us-east-1\n---\nregion: us-east-1", /^\d:\d: expected YAML, found .*multiple documents/],
    ["[".repeat(5_000) + "]".repeat(5_000), /^1:\d+: expected YAML/],
    [`documents: {Abc: {a: ${"[".repeat(80)}${"]".repeat(80)}}}`, /^1:1: expected at most 64 levels/],
    ["#".repeat(1_024 * 1_024 + 1), /^1:1: expected at most 1048576 bytes, found 1048577 bytes/],
  ])("%.30s… is refused", (text, expected) => {
    expect(mistakesIn(text)[0]).toMatch(expected);
  });

  it("refuses aliases that would fill the memory", () => {
    const layers = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n}, `.repeat(10)}]`);
    expect(mistakesIn(["l0: &l0 [x]", ...layers].join("\n"))).toEqual([
      expect.stringContaining("1:1: expected YAML of limited size, found Excessive alias count"),
    ]);
  });
});
