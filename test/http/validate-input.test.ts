import { type TSchema, Type } from "typebox";
import { describe, expect, it } from "vitest";
import { validateInput } from "../../emulator/http/validate-input.ts";
import type { ServiceName } from "../../emulator/operations/operation.ts";

function validate(input: unknown, properties: Record<string, TSchema>, service: ServiceName = "ssm") {
  return validateInput({ service, input: Type.Object(properties) }, input);
}

function tag(key: string) {
  return { Key: key, Value: "v" };
}

const Tags = Type.Array(
  Type.Object({
    Key: Type.String({ minLength: 1, maxLength: 4, pattern: "[a-z]+" }),
    Value: Type.String(),
  }),
  { maxItems: 2 },
);

describe("an input that fits", () => {
  it("loses nulls and unknown members, and keeps the rest", () => {
    const properties = {
      Target: Type.String(),
      Reason: Type.Optional(Type.String()),
      Parameters: Type.Record(Type.String(), Type.Array(Type.String())),
      Tags: Type.Optional(Tags),
    };
    const input = {
      Target: "i-1",
      Reason: null,
      Parameters: JSON.parse('{"__proto__":["22"]}'),
      Tags: [{ ...tag("a"), X: 1 }],
    };
    expect(JSON.stringify(validate({ ...input, Other: 1 }, properties))).toBe(
      '{"Target":"i-1","Parameters":{"__proto__":["22"]},"Tags":[{"Key":"a","Value":"v"}]}',
    );
  });

  it("is matched against patterns as a whole, anchored or not", () => {
    const bare = { A: Type.String({ pattern: "a|b" }), B: Type.String({ pattern: "^[\\p{L}]+$" }) };
    expect(validate({ A: "b", B: "é" }, bare)).toEqual({ A: "b", B: "é" });
    expect(() => validate({ A: "ax", B: "é" }, bare)).toThrow("at 'a' failed");
  });
});

describe("a broken constraint", () => {
  it.each<[string, TSchema, unknown, string]>([
    [
      "required",
      Type.String(),
      undefined,
      "Value null at 'member' failed to satisfy constraint: Member must not be null",
    ],
    [
      "null",
      Type.String(),
      null,
      "Value null at 'member' failed to satisfy constraint: Member must not be null",
    ],
    [
      "minLength",
      Type.String({ minLength: 1 }),
      "",
      "Value '' at 'member' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      "maxLength",
      Type.String({ maxLength: 2 }),
      "abc",
      "Value 'abc' at 'member' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
    [
      "pattern",
      Type.String({ pattern: "[\\w+=,.@-]*" }),
      "a b",
      "Value 'a b' at 'member' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      "enum",
      Type.Union([Type.Literal("Active"), Type.Literal("History")]),
      "Old",
      "Value 'Old' at 'member' failed to satisfy constraint: Member must satisfy enum value set: [Active, History]",
    ],
    [
      "maximum",
      Type.Integer({ maximum: 10000 }),
      10001,
      "Value '10001' at 'member' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
    [
      "minimum",
      Type.Integer({ minimum: 5 }),
      4,
      "Value '4' at 'member' failed to satisfy constraint: Member must have value greater than or equal to 5",
    ],
    [
      "maxItems",
      Tags,
      [tag("a"), tag("b"), tag("c")],
      "Value at 'member' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
    [
      "a member of a list",
      Tags,
      [tag("a"), tag("aaaaa")],
      "Value 'aaaaa' at 'member.2.member.key' failed to satisfy constraint: Member must have length less than or equal to 4",
    ],
    [
      "scalars in a list",
      Type.Array(Type.String({ minLength: 1, maxLength: 2 })),
      ["a", "abc"],
      "Value '[a, abc]' at 'member' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 2, Member must have length greater than or equal to 1]",
    ],
    [
      "a value of a map",
      Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1 })),
      { portNumber: [] },
      "Value at 'member.portNumber.member' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      "null in a list",
      Tags,
      [null],
      "Value null at 'member.1.member' failed to satisfy constraint: Member must not be null",
    ],
  ])("is named: %s", (_constraint, schema, value, violation) => {
    expect(() => validate({ Member: value }, { Member: schema })).toThrow(
      expect.objectContaining({
        code: "ValidationException",
        message: `1 validation error detected: ${violation}`,
      }),
    );
  });

  it("is reported along with the others", () => {
    expect(() =>
      validate({ A: "b_c_d" }, { A: Tags.items.properties.Key, B: Type.Integer() }, "sts"),
    ).toThrow(
      expect.objectContaining({
        code: "ValidationError",
        message:
          "3 validation errors detected: " +
          "Value 'b_c_d' at 'a' failed to satisfy constraint: Member must have length less than or equal to 4; " +
          "Value 'b_c_d' at 'a' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+; " +
          "Value null at 'b' failed to satisfy constraint: Member must not be null",
      }),
    );
  });

  it("leaves out the value in iam's lists", () => {
    expect(() => validate({ Tags: [tag("aaaaa")] }, { Tags }, "iam")).toThrow(
      "1 validation error detected: Value at 'tags.1.member.key' failed",
    );
  });

  it.each([
    ["ssm", "^[a-z]+$"],
    ["sts", "[a-z]+"],
    ["logs", "[a-z]+"],
    ["kms", "^[a-z]+$"],
  ] as const)("of %s quotes the pattern as its model has it", (service, pattern) => {
    expect(() => validate({ A: "1" }, { A: Type.String({ pattern: "^[a-z]+$" }) }, service)).toThrow(
      `regular expression pattern: ${pattern}`,
    );
  });

  it("is reported ten times at most", () => {
    const many = Array.from({ length: 1000 }, () => ({}));
    expect(() => validate({ Tags: many }, { Tags })).toThrow(/^10 validation errors detected/);
  });

  it("is found in long text without running the pattern", () => {
    const text = `${"a".repeat(5000)}!`;
    const slow = "(a+)+";
    expect(() => validate({ A: text }, { A: Type.String({ pattern: slow }) })).toThrow("pattern: (a+)+");
    expect(() => validate({ A: text }, { A: Type.String({ pattern: slow, maxLength: 9 }) })).toThrow(
      /^1 validation error detected.*length less than or equal to 9$/,
    );
  });
});

describe("a wrong JSON type", () => {
  it.each<[unknown, TSchema, string]>([
    ["5", Type.Integer(), "STRING_VALUE cannot be converted to Integer"],
    [1.5, Type.Integer(), "DECIMAL_VALUE cannot be converted to Integer"],
    [5, Type.String(), "NUMBER_VALUE cannot be converted to String"],
    [true, Type.Literal("Active"), "TRUE_VALUE cannot be converted to String"],
    ["true", Type.Boolean(), "STRING_VALUE cannot be converted to Boolean"],
    [{}, Type.String(), "Start of structure or map found where not expected"],
    [[], Type.Object({}), "Start of list found where not expected"],
    ["a", Tags, "Unexpected field type"],
    [[null], Type.Array(Type.String()), "NULL_VALUE cannot be converted to String"],
  ])("refuses %j", (value, schema, message) => {
    expect(() => validate({ Member: value }, { Member: schema })).toThrow(
      expect.objectContaining({ code: "SerializationException", message }),
    );
  });

  it("refuses a body that is no structure", () => {
    expect(() => validate([], {})).toThrow(expect.objectContaining({ code: "SerializationException" }));
  });
});
