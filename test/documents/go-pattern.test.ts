import { describe, expect, it } from "vitest";
import { goPattern } from "../../emulator/documents/go-pattern.ts";

describe("goPattern", () => {
  it.each([
    ["^[0-9]+$", "80", true],
    ["[0-9]", "port 80", true],
    ["(?i)^abc$", "ABC", true],
    ["(?s)a.b", "a\nb", true],
    ["a.b", "a\nb", false],
    ["^b$", "a\nb\nc", false],
    ["(?m)^b$", "a\nb\nc", true],
    ["\\Aab\\z", "ab", true],
    ["\\Aab\\z", "cab", false],
    ["^(?P<name>x)$", "x", true],
    ["^[[:alpha:]]+$", "abc", true],
    ["\\Qa.b\\E", "a.b", true],
    ["\\Qa.b\\E", "axb", false],
    ["^\\w$", "é", false],
    ["^\\pL$", "é", true],
    ["^.$", "😀", true],
  ])("reads %j against %j as %s", (pattern, text, matches) => {
    expect(goPattern(pattern)?.test(text)).toBe(matches);
  });

  it.each([["("], ["(?=a)"], ["(?!a)"], ["(?<=a)b"], ["(a)\\1"], ["a{1001}"]])(
    "knows no meaning for %j",
    (pattern) => {
      expect(goPattern(pattern)).toBeUndefined();
    },
  );

  it("answers where a backtracking engine would try 2⁴⁰ ways", () => {
    expect(goPattern("^(a+)+$")?.test(`${"a".repeat(40)}!`)).toBe(false);
  });
});
