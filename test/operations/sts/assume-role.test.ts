import { beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../../../emulator/access/principal.ts";
import { createRole } from "../../../emulator/operations/iam/create-role.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { assumeRole } from "../../../emulator/operations/sts/assume-role.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { rolePrincipal, userPrincipal } from "../../helpers/principals.ts";
import { refusal } from "../../helpers/refusal.ts";

type Input = Parameters<typeof assumeRole.handle>[0];
const RoleArn = "arn:aws:iam::000000000000:role/ops/Deploy";
const aliceArn = "arn:aws:iam::000000000000:user/alice";
const allActions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

const trustsNobody = JSON.stringify({
  Statement: { Effect: "Deny", Principal: "*", Action: "*" },
});

let context: OperationContext;
beforeEach(() => {
  context = operationContext({ principal: userPrincipal("alice") });
});

function role(Action: string | string[] = allActions, more: object = {}, MaxSessionDuration = 3600) {
  const Statement = { Effect: "Allow", Principal: { AWS: "000000000000" }, Action, ...more };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  createRole.handle(
    { RoleName: "Deploy", Path: "/ops/", AssumeRolePolicyDocument, MaxSessionDuration },
    context,
  );
}

function assume(input: Partial<Input> = {}, principal: Principal = context.principal): object {
  return assumeRole.handle(
    { RoleArn, RoleSessionName: "work", ...input },
    { ...context, principal },
  ) as object;
}

const issued = () => [...context.state.sessionCredentials.values()];
const denied = (action: string, arn = RoleArn) => ({
  code: "AccessDenied",
  message: `User: ${aliceArn} is not authorized to perform: ${action} on resource: ${arn}`,
});
const tag = (Key: string, Value: string) => ({ Key, Value });

describe("AssumeRole", () => {
  it("answers with credentials for an hour and the session's names", () => {
    role();
    const roleId = context.state.roles.get("deploy")?.roleId;
    expect(assume()).toEqual({
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
        SecretAccessKey: expect.stringMatching(/^[\w+/]{40}$/),
        SessionToken: expect.stringMatching(/^[\w+/]{300,}$/),
        Expiration: "2026-01-02T04:04:05Z",
      },
      AssumedRoleUser: {
        AssumedRoleId: `${roleId}:work`,
        Arn: "arn:aws:sts::000000000000:assumed-role/Deploy/work",
      },
    });
    expect(issued()).toMatchObject([
      {
        expiresAt: context.now + 3_600_000,
        subject: { type: "assumed-role", roleName: "Deploy", roleId, sessionName: "work", sessionTags: [] },
      },
    ]);
  });

  it("keeps the session tags and shows a packed size", () => {
    role();
    const Tags = [tag("Team", "red"), tag("Cost", "7")];
    expect(assume({ Tags, TransitiveTagKeys: ["team"] })).toMatchObject({ PackedPolicySize: 1 });
    expect(issued()).toMatchObject([
      {
        subject: {
          sessionTags: [
            { key: "Team", value: "red" },
            { key: "Cost", value: "7" },
          ],
          transitiveTagKeys: ["team"],
        },
      },
    ]);
  });

  it("keeps and shows the source identity", () => {
    role();
    expect(assume({ SourceIdentity: "alice@corp" })).toMatchObject({ SourceIdentity: "alice@corp" });
    expect(issued()).toMatchObject([{ subject: { sourceIdentity: "alice@corp" } }]);
  });

  it("takes session policies, which have no effect", () => {
    role();
    const PolicyArns = [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }];
    expect(assume({ Policy: "{}", PolicyArns })).toHaveProperty("PackedPolicySize");
    expect(refusal(() => assume({ Policy: "x" })).code).toBe("MalformedPolicyDocument");
  });

  it("lets the root of a trusted account in", () => {
    role();
    expect(() => assume({}, operationContext().principal)).not.toThrow();
  });
});

describe("AssumeRole's trust policy", () => {
  it.each<[string, Partial<Input>]>([
    ["sts:AssumeRole", {}],
    ["sts:TagSession", { Tags: [tag("k", "v")] }],
    ["sts:SetSourceIdentity", { SourceIdentity: "me" }],
  ])("must allow %s", (action, input) => {
    role(allActions.filter((allowed) => allowed !== action));
    expect(refusal(() => assume(input))).toEqual(denied(action));
    expect(issued()).toEqual([]);
  });

  it("may ask for an external id", () => {
    role(allActions, { Condition: { StringEquals: { "sts:ExternalId": "x-1" } } });
    expect(refusal(() => assume())).toEqual(denied("sts:AssumeRole"));
    expect(() => assume({ ExternalId: "x-1" })).not.toThrow();
  });

  it("knows a calling role session by its role's ARN with the path", () => {
    createRole.handle({ RoleName: "First", Path: "/x/", AssumeRolePolicyDocument: trustsNobody }, context);
    role(allActions, { Principal: { AWS: "arn:aws:iam::000000000000:role/x/First" } });
    expect(() => assume({}, rolePrincipal("First"))).not.toThrow();
    expect(refusal(() => assume())).toEqual(denied("sts:AssumeRole"));
  });

  it.each([
    "arn:aws:iam::000000000000:role/ops/Unknown",
    "arn:aws:iam::000000000000:role/Deploy",
    "arn:aws:iam::111111111111:role/ops/Deploy",
  ])("denies %s, which is not there, as one that does not trust", (arn) => {
    role();
    expect(refusal(() => assume({ RoleArn: arn }))).toEqual(denied("sts:AssumeRole", arn));
  });
});

describe("AssumeRole by a role session", () => {
  const first = rolePrincipal("First", {
    sessionTags: [
      { key: "Team", value: "red" },
      { key: "Cost", value: "7" },
    ],
    transitiveTagKeys: ["Team"],
  });

  it("inherits the transitive tags", () => {
    role();
    assume({ Tags: [tag("Cost", "8")] }, first);
    expect(issued()).toMatchObject([
      {
        subject: {
          sessionTags: [
            { key: "Cost", value: "8" },
            { key: "Team", value: "red" },
          ],
          transitiveTagKeys: ["Team"],
        },
      },
    ]);
  });

  it("needs sts:TagSession for inherited tags as for passed ones", () => {
    role("sts:AssumeRole");
    expect(refusal(() => assume({}, first)).message).toBe(
      `User: ${first.arn} is not authorized to perform: sts:TagSession on resource: ${RoleArn}`,
    );
    expect(() => assume({}, { ...first, transitiveTagKeys: [] })).not.toThrow();
  });

  it("lasts at most an hour, whatever the role allows", () => {
    role(allActions, {}, 7200);
    expect(refusal(() => assume({ DurationSeconds: 3601 }, first))).toEqual({
      code: "ValidationError",
      message:
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    });
    expect(() => assume({ DurationSeconds: 3600 }, first)).not.toThrow();
  });

  it("cannot pass a tag that it inherits", () => {
    role();
    expect(refusal(() => assume({ Tags: [tag("team", "blue")] }, first))).toEqual({
      code: "InvalidParameterValue",
      message:
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    });
  });
});

describe("AssumeRole refuses", () => {
  it("a duration beyond the role's", () => {
    role(allActions, {}, 7200);
    expect(() => assume({ DurationSeconds: 7200 })).not.toThrow();
    expect(refusal(() => assume({ DurationSeconds: 7201 }))).toEqual({
      code: "ValidationError",
      message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    });
  });

  it.each(["Deploy-of-the-operations", aliceArn])("%s as a role's ARN", (text) => {
    expect(refusal(() => assume({ RoleArn: text }))).toEqual({
      code: "ValidationError",
      message: `${text} is invalid`,
    });
  });

  it.each<[string, Partial<Input>, string]>([
    [
      "a tag key twice",
      { Tags: [tag("a", "1"), tag("A", "2")] },
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ],
    [
      "a transitive key without its tag",
      { TransitiveTagKeys: ["a"] },
      "The specified transitive tag key must be included in the requested tags.",
    ],
  ])("%s", (_title, input, message) => {
    role();
    expect(refusal(() => assume(input))).toEqual({ code: "InvalidParameterValue", message });
  });

  it("a code of a device that the account does not have", () => {
    role();
    const SerialNumber = "arn:aws:iam::000000000000:mfa/alice";
    expect(refusal(() => assume({ SerialNumber, TokenCode: "123456" })).code).toBe("AccessDenied");
  });
});
