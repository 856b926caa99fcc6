import { describe, expect, it } from "vitest";
import type { AssumedRolePrincipal, UserPrincipal } from "../../emulator/access/principal.ts";
import {
  type TrustAction,
  type TrustRequest,
  trustPolicyAllows,
} from "../../emulator/access/trust-policy.ts";

const accountId = "000000000000";
const aliceArn = `arn:aws:iam::${accountId}:user/alice`;
const alice: UserPrincipal = {
  type: "user",
  accountId,
  arn: aliceArn,
  userId: "AIDAALICE",
  userName: "alice",
  tags: [{ key: "Dept", value: "ops" }],
};
const session: AssumedRolePrincipal = {
  type: "assumed-role",
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/Deploy/ci`,
  userId: "AROADEPLOY:ci",
  roleName: "Deploy",
  sessionName: "ci",
  roleTags: [],
  sessionTags: [],
  transitiveTagKeys: [],
};

function request(overrides: Partial<TrustRequest> = {}): TrustRequest {
  return {
    principal: alice,
    principalArn: aliceArn,
    roleSessionName: "work",
    externalId: undefined,
    sourceIdentity: undefined,
    tags: [],
    transitiveTagKeys: [],
    ...overrides,
  };
}

const fromSession = request({
  principal: session,
  principalArn: `arn:aws:iam::${accountId}:role/ops/Deploy`,
});

function allows(statement: object | object[], asked = request(), action: TrustAction = "sts:AssumeRole") {
  const statements = [statement].flat().map((one) => ({
    Effect: "Allow",
    ...("NotPrincipal" in one ? {} : { Principal: { AWS: aliceArn } }),
    ...("NotAction" in one ? {} : { Action: "sts:AssumeRole" }),
    ...one,
  }));
  return trustPolicyAllows(JSON.stringify({ Version: "2012-10-17", Statement: statements }), action, asked);
}

describe("trustPolicyAllows", () => {
  it.each([
    ["everyone", "*", true],
    ["everyone under AWS", { AWS: "*" }, true],
    ["the account's id", { AWS: accountId }, true],
    ["the account's root", { AWS: `arn:aws:iam::${accountId}:root` }, true],
    ["the user in a list", { AWS: ["arn:aws:iam::000000000000:user/bob", aliceArn] }, true],
    ["another user", { AWS: "arn:aws:iam::000000000000:user/bob" }, false],
    ["another account", { AWS: "111111111111" }, false],
    ["a wildcard within an ARN", { AWS: "arn:aws:iam::000000000000:user/*" }, false],
    ["a service", { Service: "ec2.amazonaws.com" }, false],
    ["an identity provider", { Federated: "arn:aws:iam::000000000000:saml-provider/x" }, false],
  ])("with %s as the principal: %s %s", (_title, Principal, allowed) => {
    expect(allows({ Principal })).toBe(allowed);
  });

  it.each([
    ["role with its path", "arn:aws:iam::000000000000:role/ops/Deploy", true],
    ["role without its path", "arn:aws:iam::000000000000:role/Deploy", false],
    ["session", "arn:aws:sts::000000000000:assumed-role/Deploy/ci", true],
    ["other session", "arn:aws:sts::000000000000:assumed-role/Deploy/other", false],
    ["account", accountId, true],
  ])("knows a role session by its %s", (_title, AWS, allowed) => {
    expect(allows({ Principal: { AWS } }, fromSession)).toBe(allowed);
  });

  it.each([
    ["sts:AssumeRole", true],
    ["STS:assumerole", true],
    ["sts:*", true],
    ["*", true],
    ["sts:Assume????", true],
    [["sts:TagSession", "sts:AssumeRole"], true],
    ["sts:AssumeRoleWithSAML", false],
  ])("with the action %j: %s", (Action, allowed) => {
    expect(allows({ Action })).toBe(allowed);
  });

  it("asks for each action by itself", () => {
    expect(allows({}, request(), "sts:TagSession")).toBe(false);
    expect(allows({ Action: ["sts:AssumeRole", "sts:TagSession"] }, request(), "sts:TagSession")).toBe(true);
  });

  it("lets a deny beat an allow", () => {
    expect(allows([{}, { Effect: "Deny" }])).toBe(false);
    expect(allows([{}, { Effect: "Deny", Principal: { AWS: `${aliceArn}2` } }])).toBe(true);
  });

  it("reads NotPrincipal and NotAction as all others", () => {
    expect(allows([{}, { Effect: "Deny", NotPrincipal: { AWS: aliceArn } }])).toBe(true);
    expect(allows([{}, { Effect: "Deny", NotPrincipal: { AWS: `${aliceArn}2` } }])).toBe(false);
    expect(allows({ NotAction: "sts:TagSession" })).toBe(true);
    expect(allows({ NotAction: "sts:Assume*" })).toBe(false);
  });

  it.each<[string, string, Partial<TrustRequest>]>([
    ["sts:ExternalId", "x-1", { externalId: "x-1" }],
    ["sts:RoleSessionName", "bob", { roleSessionName: "bob" }],
    ["sts:SourceIdentity", "src", { sourceIdentity: "src" }],
    ["aws:RequestTag/Team", "red", { tags: [{ key: "team", value: "red" }] }],
    ["aws:TagKeys", "Team", { tags: [{ key: "Team", value: "red" }] }],
    ["sts:TransitiveTagKeys", "Team", { transitiveTagKeys: ["Team"] }],
  ])("fills the condition key %s from the request", (key, value, overrides) => {
    const statement = { Condition: { StringEquals: { [key]: value } } };
    expect(allows(statement, request(overrides))).toBe(true);
    expect(allows(statement)).toBe(false);
  });

  it.each([
    ["aws:PrincipalArn", aliceArn],
    ["aws:PrincipalAccount", accountId],
    ["aws:PrincipalType", "User"],
    ["aws:userid", "AIDAALICE"],
    ["aws:username", "alice"],
    ["aws:PrincipalTag/dept", "ops"],
  ])("fills the condition key %s from the caller", (key, value) => {
    const Principal = "*";
    const statement = { Principal, Condition: { StringEquals: { [key]: value } } };
    expect(allows(statement)).toBe(true);
    const stranger = { ...session, accountId: "111111111111" };
    expect(allows(statement, { ...fromSession, principal: stranger })).toBe(false);
  });

  it("ignores a statement with an operator it does not know", () => {
    const Condition = { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } };
    expect(allows({ Condition })).toBe(false);
    expect(allows([{}, { Effect: "Deny", Condition }])).toBe(true);
  });

  it("allows nothing when the policy is malformed", () => {
    expect(trustPolicyAllows("{", "sts:AssumeRole", request())).toBe(false);
  });
});
