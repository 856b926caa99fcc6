import { describe, expect, it } from "vitest";
import { conditionHolds } from "../../emulator/access/trust-condition.ts";

const values = new Map([
  ["sts:externalid", ["abc"]],
  ["aws:tagkeys", ["Dept", "Cost"]],
]);

describe("conditionHolds", () => {
  it.each([
    ["StringEquals", "sts:ExternalId", ["abc"], true],
    ["StringEquals", "STS:EXTERNALID", ["x", "abc"], true],
    ["StringEquals", "sts:ExternalId", ["ABC"], false],
    ["StringEqualsIgnoreCase", "sts:ExternalId", ["ABC"], true],
    ["StringLike", "sts:ExternalId", ["a*"], true],
    ["StringEquals", "sts:ExternalId", ["a*"], false],
    ["StringNotEquals", "sts:ExternalId", ["x", "abc"], false],
    ["StringNotLike", "sts:ExternalId", ["x*"], true],
    ["StringEquals", "absent", ["x"], false],
    ["StringNotEquals", "absent", ["x"], true],
    ["StringEqualsIfExists", "absent", ["x"], true],
    ["StringEqualsIfExists", "sts:ExternalId", ["x"], false],
    ["Null", "absent", ["true"], true],
    ["Null", "sts:ExternalId", ["true"], false],
    ["Null", "sts:ExternalId", ["false"], true],
    ["ForAllValues:StringEquals", "aws:TagKeys", ["Dept", "Cost", "x"], true],
    ["ForAllValues:StringEquals", "aws:TagKeys", ["Dept"], false],
    ["ForAllValues:StringEquals", "absent", ["Dept"], true],
    ["ForAnyValue:StringEquals", "aws:TagKeys", ["Dept"], true],
    ["ForAnyValue:StringEquals", "absent", ["Dept"], false],
    ["IpAddress", "sts:ExternalId", ["abc"], false],
    ["constructor", "sts:ExternalId", ["abc"], false],
    ["StringLike", "sts:ExternalId", ["abc", `\${aws:username}`], false],
  ])("%s %s %j: %s", (operator, key, named, holds) => {
    expect(conditionHolds({ [operator]: { [key]: named } }, values)).toBe(holds);
  });

  it("wants every operator and every key to hold", () => {
    const fits = { "sts:ExternalId": ["abc"] };
    expect(conditionHolds({ StringEquals: fits, StringLike: fits }, values)).toBe(true);
    expect(conditionHolds({ StringEquals: fits, StringNotLike: fits }, values)).toBe(false);
    expect(conditionHolds({ StringEquals: { ...fits, absent: ["x"] } }, values)).toBe(false);
  });
});
