import { describe, expect, it } from "vitest";
import { parseDocumentContent } from "../../emulator/documents/parse-document-content.ts";

describe("parseDocumentContent", () => {
  it("reads JSON and YAML to the same value", () => {
    const value = { schemaVersion: "1.0", inputs: { runAsEnabled: true } };
    const yaml = 'schemaVersion: "1.0"\ninputs:\n  runAsEnabled: true\n';
    expect(parseDocumentContent(JSON.stringify(value), "JSON")).toEqual({ type: "parsed", value });
    expect(parseDocumentContent(yaml, "YAML")).toEqual({ type: "parsed", value });
  });

  it.each([
    ["JSON", '{\n  "a": 1,\n  "b": }\n', "JSON not well-formed. at Line: 3, Column: 8"],
    ["JSON", '{\n  "a": 1\n', "JSON not well-formed. at Line: 3, Column: 1"],
    ["YAML", "a: 1\nb: [1\n", "YAML not well-formed. at Line: 3, Column: 1"],
  ] as const)("says where %s is not well-formed", (format, content, text) => {
    expect(parseDocumentContent(content, format)).toEqual({
      type: "refused",
      code: "InvalidDocumentContent",
      text,
    });
  });

  it("tells YAML sent as JSON from broken JSON", () => {
    expect(parseDocumentContent("schemaVersion: '1.0'", "JSON")).toEqual({
      type: "refused",
      code: "ValidationException",
      text: "Invalid document format JSON",
    });
  });

  it.each([
    ["an alias bomb", "YAML", aliasBomb()],
    ["an alias of itself", "YAML", "a: &a [*a]"],
    ["deep YAML", "YAML", "[".repeat(30_000)],
    ["deep JSON", "JSON", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
  ] as const)("refuses %s", (_, format, content) => {
    expect(parseDocumentContent(content, format)).toMatchObject({
      type: "refused",
      code: "InvalidDocumentContent",
    });
  });

  it("takes a few YAML aliases", () => {
    expect(parseDocumentContent("a: &a [1]\nb: *a", "YAML")).toEqual({
      type: "parsed",
      value: { a: [1], b: [1] },
    });
  });
});

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const previous = level === 0 ? "lol" : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(9).fill(previous).join(", ")}]`;
  });
  return levels.join("\n");
}
