import { type TSchema, Type } from "typebox";
import { describe, expect, it } from "vitest";
import { decodeForm } from "../../emulator/http/query-form.ts";

const Tag = Type.Object({ Key: Type.String(), Value: Type.Optional(Type.String()) });

function decode(form: string, properties: Record<string, TSchema>, lists: "member" | "flattened" = "member") {
  return decodeForm(new URLSearchParams(form), Type.Object(properties), lists);
}

describe("lists", () => {
  it.each([
    ["structures", "Tags.member.1.Key=a&Tags.member.1.Value=b%20c", [{ Key: "a", Value: "b c" }]],
    ["gaps and any order", "Tags.member.10.Key=b&Tags.member.9.Key=a", [{ Key: "a" }, { Key: "b" }]],
    ["an empty list", "Tags=", []],
    ["an index that is none", "Tags.member.x.Key=a", []],
  ])("are read from iam's form: %s", (_case, form, expected) => {
    expect(decode(form, { Tags: Type.Array(Tag) })).toEqual({ Tags: expected });
  });

  it("are read from ec2's flattened form", () => {
    const Filter = Type.Array(Type.Object({ Name: Type.String(), Value: Type.Array(Type.String()) }));
    const form = "Filter.1.Name=tag:a&Filter.1.Value.1=x&Filter.1.Value.2=y&InstanceId.1=i-1";
    expect(decode(form, { Filter, InstanceId: Type.Array(Type.String()) }, "flattened")).toEqual({
      Filter: [{ Name: "tag:a", Value: ["x", "y"] }],
      InstanceId: ["i-1"],
    });
  });
});

describe("scalars", () => {
  it("become numbers and booleans where the schema says so", () => {
    const properties = { Size: Type.Integer(), DryRun: Type.Boolean(), Path: Type.String() };
    expect(decode("Size=12&DryRun=True&Path=", properties)).toEqual({ Size: 12, DryRun: true, Path: "" });
  });

  it.each(["Size=x", "Size=", "Size=1.5", "Size=1e3", "Size=0x10", "DryRun=1"])("refuse %s", (form) => {
    expect(() => decode(form, { Size: Type.Integer(), DryRun: Type.Boolean() })).toThrow(
      expect.objectContaining({ code: "MalformedInput" }),
    );
  });

  it("stay absent when they are not in the form, and count once when they are there twice", () => {
    expect(decode("A=1&A=2", { A: Type.String(), B: Type.String() })).toEqual({ A: "1" });
  });
});

it("reads maps from numbered entries", () => {
  const form = "Map.entry.1.key=a&Map.entry.1.value=b";
  expect(decode(form, { Map: Type.Record(Type.String(), Type.String()) })).toEqual({ Map: { a: "b" } });
});

it("ignores names deeper than any model has", () => {
  expect(decode(`${"A.".repeat(100_000)}B=1&C=2`, { A: Type.Object({}), C: Type.String() })).toEqual({
    C: "2",
  });
});
