import { Check } from "typebox/value";
import { beforeEach, describe, expect, it } from "vitest";
import { createRole } from "../../../emulator/operations/iam/create-role.ts";
import { createUser } from "../../../emulator/operations/iam/create-user.ts";
import { listRoleTags } from "../../../emulator/operations/iam/list-role-tags.ts";
import { listUserTags } from "../../../emulator/operations/iam/list-user-tags.ts";
import { tagRole } from "../../../emulator/operations/iam/tag-role.ts";
import { tagUser } from "../../../emulator/operations/iam/tag-user.ts";
import { untagRole } from "../../../emulator/operations/iam/untag-role.ts";
import { untagUser } from "../../../emulator/operations/iam/untag-user.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { refusal } from "../../helpers/refusal.ts";

type Tags = Record<string, string>;
const UserName = "Eve";
const RoleName = "Eve";
const toList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const numbered = (from: number, count: number): Tags =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${from + index}`, ""]));

let context: OperationContext;
beforeEach(() => {
  context = operationContext();
  createUser.handle({ UserName }, context);
  const Statement = { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" };
  createRole.handle({ RoleName, AssumeRolePolicyDocument: JSON.stringify({ Statement }) }, context);
});

const kinds = {
  user: {
    tag: (tags: Tags) => tagUser.handle({ UserName, Tags: toList(tags) }, context),
    untag: (...TagKeys: string[]) => untagUser.handle({ UserName, TagKeys }, context),
    list: (MaxItems?: number, Marker?: string) =>
      listUserTags.handle({ UserName, ...(MaxItems && { MaxItems }), ...(Marker && { Marker }) }, context),
  },
  role: {
    tag: (tags: Tags) => tagRole.handle({ RoleName, Tags: toList(tags) }, context),
    untag: (...TagKeys: string[]) => untagRole.handle({ RoleName, TagKeys }, context),
    list: (MaxItems?: number, Marker?: string) =>
      listRoleTags.handle({ RoleName, ...(MaxItems && { MaxItems }), ...(Marker && { Marker }) }, context),
  },
};

describe.each(["user", "role"] as const)("tags of a %s", (kind) => {
  const { tag, untag, list } = kinds[kind];

  it("are listed by key", () => {
    expect(tag({ b: "2", A: "1" })).toEqual({});
    expect(list()).toEqual({ Tags: toList({ A: "1", b: "2" }), IsTruncated: false });
  });

  it("are listed page by page", () => {
    tag({ a: "1", b: "2" });
    const { Marker } = list(1) as { readonly Marker: string };
    expect(list(1, Marker)).toEqual({ Tags: toList({ b: "2" }), IsTruncated: false });
  });

  it("take key and value of the last write, whatever its case", () => {
    tag({ dept: "old", keep: "" });
    tag({ Dept: "new" });
    expect(list()).toMatchObject({ Tags: toList({ Dept: "new", keep: "" }) });
  });

  it("are removed whatever the case, unknown and repeated keys doing no harm", () => {
    tag({ Dept: "x", keep: "" });
    expect(untag("DEPT", "dept", "unknown")).toEqual({});
    expect(list()).toMatchObject({ Tags: toList({ keep: "" }) });
  });

  it("may not be given twice in a call", () => {
    expect(refusal(() => tag({ dept: "1", Dept: "2" }))).toEqual({
      code: "InvalidInput",
      message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    });
  });

  it.each([{ "aws:x": "" }, { "AWS:x": "" }, { x: "Aws:y" }])("may not begin with aws: as in %j", (tags) => {
    expect(refusal(() => tag(tags as Tags)).code).toBe("ValidationError");
  });

  it("are at most 50, those that are replaced counting once", () => {
    tag(numbered(0, 50));
    expect(() => tag(numbered(0, 50))).not.toThrow();
    expect(refusal(() => tag({ more: "" })).code).toBe("LimitExceeded");
  });
});

describe("input of TagUser", () => {
  it.each([
    ["50 tags", numbered(0, 50), true],
    ["51 tags", numbered(0, 51), false],
    ["a key of 128 characters", { ["k".repeat(128)]: "" }, true],
    ["a key of 129 characters", { ["k".repeat(129)]: "" }, false],
    ["an empty key", { "": "" }, false],
    ["a value of 256 characters", { k: "v".repeat(256) }, true],
    ["a value of 257 characters", { k: "v".repeat(257) }, false],
    ["every kind of character", { "ÄB 1_.:/=+-@": "ÄB 1_.:/=+-@" }, true],
    ["a character outside the set", { "k#": "" }, false],
    ["a value outside the set", { k: "#" }, false],
  ])("with %s fits: %s", (_title, tags, fits) => {
    expect(Check(tagUser.input, { UserName, Tags: toList(tags as Tags) })).toBe(fits);
  });
});
