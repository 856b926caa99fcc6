import { describe, expect, it } from "vitest";
import { goPattern } from "../../emulator/documents/go-pattern.ts";

describe("goPattern", () => {
  it.each([
    ["^[0-9]+$", "80", true],
    ["[0-9]", "port 80", true],
    ["(?i)^abc$", "ABC", true],
    ["\\Aab\\z", "ab", true],
    ["\\Aab\\z", "cab", false],
    ["^(?P<name>x)$", "x", true],
  ])("reads %j against %j as %s", (pattern, text, matches) => {
    expect(goPattern(pattern)?.test(text)).toBe(matches);
  });

  it("knows no meaning for a broken pattern", () => {
    expect(goPattern("(")).toBeUndefined();
  });
});
