import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { checkShape } from "../../emulator/yaml-file/check-shape.ts";

const Schema = Type.Object(
  {
    who: Type.Union([Type.String(), Type.Array(Type.String())], { title: "a name, or a list of names" }),
    size: Type.Optional(Type.Refine(Type.String({ title: "a size" }), (text) => text !== "none")),
    often: Type.Integer({ minimum: 1, maximum: 3, default: 1 }),
  },
  { additionalProperties: false },
);

function problemsOf(value: unknown): readonly string[] {
  const shape = checkShape(Schema, value);
  if (shape.type === "value") return [];
  return shape.problems.map(({ path, expected, found }) => `${path.join(".")}: ${expected}: ${found}`);
}

describe("checkShape", () => {
  it("fills in defaults", () => {
    expect(checkShape(Schema, { who: "a" })).toEqual({ type: "value", value: { who: "a", often: 1 } });
  });

  it.each([
    [{}, ["who: a name, or a list of names: nothing"]],
    [{ who: {} }, ["who: a name, or a list of names: a mapping"]],
    [{ who: ["a", 1] }, ["who: a name, or a list of names: a list"]],
    [{ who: "a", size: "none" }, ['size: a size: "none"']],
    [{ who: "a", size: 80 }, ["size: a size: the number 80 (put it in quotes)"]],
    [{ who: "a", size: true }, ["size: a size: the boolean true (put it in quotes)"]],
    [{ who: "a", often: 4 }, ["often: a whole number from 1 to 3: the number 4"]],
    [{ who: "a", oftn: 2 }, ['oftn: one of who, size, often: "oftn" (did you mean often?)']],
    [{ who: "a", extra: 2 }, ['extra: one of who, size, often: "extra"']],
  ])("says of %j what was expected, once for each value", (value, problems) => {
    expect(problemsOf(value)).toEqual(problems);
  });
});
