import { expect, it } from "vitest";
import { matchesWildcard } from "../../emulator/access/wildcard.ts";

it.each([
  ["", "", true],
  ["", "a", false],
  ["*", "", true],
  ["*", "abc", true],
  ["a*c", "abbbc", true],
  ["a*c", "abbbd", false],
  ["*ab*ab", "aababab", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["abc", "ABC", false],
  ["a.c", "abc", false],
  ["a**", "a", true],
])("%j fits %j: %s", (pattern, text, fits) => {
  expect(matchesWildcard(pattern, text)).toBe(fits);
});

it("stays quick on many stars that do not fit", () => {
  expect(matchesWildcard(`${"*a".repeat(50)}b`, "a".repeat(10_000))).toBe(false);
});
