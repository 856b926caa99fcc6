import { describe, expect, it } from "vitest";
import { checkSessionDocument } from "../../emulator/documents/check-session-document.ts";
import { bindParameters } from "../../emulator/documents/parameters.ts";
import type { SessionDocumentContent } from "../../emulator/documents/session-document.ts";

function document(parts: Record<string, unknown>): SessionDocumentContent {
  const checked = checkSessionDocument({
    schemaVersion: "1.0",
    sessionType: "InteractiveCommands",
    ...parts,
  });
  if (checked.type === "refused") throw new Error(checked.text);
  return checked.content;
}

/** Binds one parameter `p` and answers with what became of the text `commands`. */
function bindInto(
  commands: unknown,
  given: Record<string, string[]>,
  definition: Record<string, unknown> = {},
) {
  const content = document({
    parameters: { p: { type: "String", ...definition } },
    properties: { commands },
  });
  const bound = bindParameters(content, given);
  return bound.type === "parsed" ? bound.document.properties.commands : bound;
}

describe("bindParameters", () => {
  it.each([
    ["echo {{ p }}", "hi", "echo hi"],
    ["echo {{p}}{{   p }}", "hi", "echo hihi"],
    ["echo {{ other }}", "hi", "echo {{ other }}"],
    ["echo {{ p }}", "{{ p }}", "echo {{ p }}"],
    ["echo {{ p }}", "'; rm -rf $HOME'", "echo '; rm -rf $HOME'"],
    ["echo {{ p }}", "$$1 $&", "echo $1 $&"],
    ["{{ p }}", "$$", "$$"],
    [["{{ p }}", { inner: "<{{ p }}>" }], "x", ["x", { inner: "<x>" }]],
  ])("puts into %j the value %j", (commands, value, expected) => {
    expect(bindInto(commands, { p: [value] })).toEqual(expected);
  });

  it("keeps a list that stands alone and writes JSON into longer text", () => {
    const definition = { type: "StringList" };
    expect(bindInto("{{ p }}", { p: ["a", "b"] }, definition)).toEqual(["a", "b"]);
    expect(bindInto("echo {{ p }}", { p: ["a", "b"] }, definition)).toBe('echo ["a","b"]');
  });

  it("takes the default of a parameter that is not given", () => {
    expect(bindInto("{{ p }}", {}, { default: "80" })).toBe("80");
  });

  it("matches a pattern anywhere unless it is anchored", () => {
    expect(bindInto("{{ p }}", { p: ["a1b"] }, { allowedPattern: "[0-9]" })).toBe("a1b");
  });

  it.each([
    ["an unknown one", { q: ["1"] }, {}, "Unknown parameter q."],
    ["a prototype's name", { p: ["1"], toString: ["1"] }, {}, "Unknown parameter toString."],
    ["a missing one", {}, {}, "Parameter p is required."],
    ["two values for a String", { p: ["1", "2"] }, {}, "Parameter p takes one value, got 2."],
    ["no value", { p: [] }, {}, "Parameter p takes one value, got 0."],
    [
      "a mismatch",
      { p: ["x"] },
      { allowedPattern: "^\\d+$" },
      'Parameter p must match the pattern ^\\d+$, got "x".',
    ],
    ["a stranger", { p: ["x"] }, { allowedValues: ["a", "b"] }, 'Parameter p must be one of a, b, got "x".'],
    [
      "too short a value",
      { p: ["x"] },
      { minChars: 2 },
      'Parameter p must have at least 2 characters, got "x".',
    ],
    [
      "too long a value",
      { p: ["xyz"] },
      { maxChars: 2 },
      'Parameter p must have at most 2 characters, got "xyz".',
    ],
  ])("refuses %s", (_, given, definition, text) => {
    expect(bindInto("", given, definition)).toEqual({ type: "refused", code: "InvalidParameters", text });
  });

  it("fills inputs before the agent reads them", () => {
    const content = document({
      parameters: { on: { type: "String" } },
      inputs: { runAsEnabled: "{{ on }}" },
    });
    expect(bindParameters(content, { on: ["T"] })).toMatchObject({
      document: { inputs: { runAsEnabled: true } },
    });
    expect(bindParameters(content, { on: ["yes"] })).toMatchObject({ type: "unparsable" });
  });

  it("leaves the agent without a clue when a default misses its own pattern", () => {
    expect(bindInto("", {}, { default: "x", allowedPattern: "^\\d+$" })).toMatchObject({
      type: "unparsable",
    });
  });

  it("leaves the agent without a clue when Parameter Store is asked", () => {
    expect(bindInto("echo {{ssm:/a/b}}", { p: ["x"] })).toMatchObject({ type: "unparsable" });
  });
});
