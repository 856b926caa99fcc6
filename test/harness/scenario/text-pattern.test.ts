import { describe, expect, it } from "vitest";
import { isFoundIn, isTextPattern, showPattern, toPattern } from "../../../harness/scenario/text-pattern.ts";

describe("a text of a scenario", () => {
  it.each([
    ["does not exist", "RunAs user x does not exist", true],
    ["Does not", "does not", false],
    ["/home/alice", "cd /home/alice", true],
    [".", "abc", false],
    ["/^b$/", "a\nb\nc", true],
    ["/^b$/", "a\r\nb\r\nc", true],
    ["/^a.c$/", "abcd", false],
    ["/(?i:ALICE)/", "alice", true],
    ["/", "a/b", true],
    ["//", "a//b", true],
  ])("%j is searched for in %j: %s", (text, actual, found) => {
    expect(isFoundIn(actual, text)).toBe(found);
  });

  it("is refused when it is a wrong expression", () => {
    expect(isTextPattern("/(/")).toBe(false);
    expect(isTextPattern("(")).toBe(true);
  });

  it("is an expression only between slashes", () => {
    expect(toPattern("/a+/")).toEqual(/a+/m);
    expect(toPattern("/a+")).toBe("/a+");
  });

  it("is shown in quotes, an expression as it is", () => {
    expect([showPattern('say "x"'), showPattern("/x$/")]).toEqual(['"say \\"x\\""', "/x$/"]);
  });
});
