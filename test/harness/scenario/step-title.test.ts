import { describe, expect, it } from "vitest";
import { stepTitle } from "../../../harness/scenario/step-title.ts";

describe("stepTitle", () => {
  it.each([
    [{ start: "bob", on: "web-1" }, "start", "start bob, on: web-1"],
    [{ on: "web-1", start: ["bob", "al"] }, "start", "start bob, al, on: web-1"],
    [{ tag: "user/bob", with: { a: "b", c: "d" } }, "tag", "tag user/bob, with: { a: b, c: d }"],
    [{ type: "one\ntwo" }, "type", "type one two"],
  ])("of %j is one line", (step, verb, title) => {
    expect(stepTitle(step, verb)).toBe(title);
  });

  it("is cut", () => {
    expect(stepTitle({ type: "x".repeat(500) }, "type")).toMatch(/^type x{114}…$/);
  });
});
