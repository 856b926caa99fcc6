import { beforeEach, describe, expect, it } from "vitest";
import { createRole } from "../../../emulator/operations/iam/create-role.ts";
import { createUser } from "../../../emulator/operations/iam/create-user.ts";
import { deleteRole } from "../../../emulator/operations/iam/delete-role.ts";
import { getRole } from "../../../emulator/operations/iam/get-role.ts";
import { listRoles } from "../../../emulator/operations/iam/list-roles.ts";
import { updateAssumeRolePolicy } from "../../../emulator/operations/iam/update-assume-role-policy.ts";
import { updateRole } from "../../../emulator/operations/iam/update-role.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { assumeRole } from "../../../emulator/operations/sts/assume-role.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { refusal } from "../../helpers/refusal.ts";

const trust = (AWS: string) =>
  JSON.stringify({ Statement: { Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" } });
const everyone = trust("*");
const notFound = { code: "NoSuchEntity", message: "The role with name Ops cannot be found." };

let context: OperationContext;
beforeEach(() => {
  context = operationContext();
});

type CreateInput = Parameters<typeof createRole.handle>[0];
const create = (input: Partial<CreateInput> = {}) =>
  createRole.handle({ RoleName: "Ops", AssumeRolePolicyDocument: everyone, ...input }, context);
const get = () => getRole.handle({ RoleName: "Ops" }, context);

const bareRole = {
  Path: "/",
  RoleName: "Ops",
  RoleId: "AROAAAAAAAAAAAAAAAAAB",
  Arn: "arn:aws:iam::000000000000:role/Ops",
  CreateDate: "2026-01-02T03:04:05Z",
  AssumeRolePolicyDocument:
    "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22AWS%22%3A%22%2A%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D",
};
const tags = { Tags: [{ Key: "Dept", Value: "ops" }] };

describe("CreateRole", () => {
  it("answers without MaxSessionDuration and RoleLastUsed, the policy percent-encoded", () => {
    expect(create(tags)).toEqual({ Role: { ...bareRole, ...tags } });
  });

  it("refuses a name that is taken in another case", () => {
    create();
    expect(refusal(() => create({ RoleName: "OPS" }))).toEqual({
      code: "EntityAlreadyExists",
      message: "Role with name OPS already exists.",
    });
  });

  it("refuses a trust policy that is no JSON", () => {
    expect(refusal(() => create({ AssumeRolePolicyDocument: "some policy" }))).toEqual({
      code: "MalformedPolicyDocument",
      message: "This policy contains invalid Json",
    });
  });

  it.each(["user/bob", "role/Ops", "user/alice"])("refuses to trust %s, which is not there", (name) => {
    createUser.handle({ UserName: "alice", Path: "/team/" }, context);
    const arn = `arn:aws:iam::000000000000:${name}`;
    expect(refusal(() => create({ AssumeRolePolicyDocument: trust(arn) }))).toEqual({
      code: "MalformedPolicyDocument",
      message: `Invalid principal in policy: "AWS":"${arn}"`,
    });
  });

  it.each([
    "arn:aws:iam::000000000000:user/team/alice",
    "arn:aws:iam::000000000000:root",
    "arn:aws:iam::111111111111:user/unknown",
  ])("trusts %s", (arn) => {
    createUser.handle({ UserName: "alice", Path: "/team/" }, context);
    expect(() => create({ AssumeRolePolicyDocument: trust(arn) })).not.toThrow();
  });
});

describe("GetRole", () => {
  it("adds MaxSessionDuration and an empty RoleLastUsed", () => {
    create({ ...tags, Description: "for ops" });
    expect(get()).toEqual({
      Role: { ...bareRole, ...tags, Description: "for ops", MaxSessionDuration: 3600, RoleLastUsed: {} },
    });
  });

  it("does not find an unknown role", () => {
    expect(refusal(get)).toEqual(notFound);
  });
});

describe("ListRoles", () => {
  it("shows MaxSessionDuration but neither Tags nor RoleLastUsed", () => {
    create(tags);
    expect(listRoles.handle({}, context)).toEqual({
      Roles: [{ ...bareRole, MaxSessionDuration: 3600 }],
      IsTruncated: false,
    });
  });

  it("lists by name and keeps to the path prefix", () => {
    create({ RoleName: "b", Path: "/x/" });
    create({ RoleName: "A", Path: "/x/" });
    create({ RoleName: "c" });
    expect(listRoles.handle({ PathPrefix: "/x/" }, context)).toMatchObject({
      Roles: [{ RoleName: "A" }, { RoleName: "b" }],
    });
  });
});

describe("UpdateRole", () => {
  it("sets the duration, and goes back to an hour without one", () => {
    create({ Description: "for ops" });
    updateRole.handle({ RoleName: "ops", MaxSessionDuration: 7200 }, context);
    expect(get()).toMatchObject({ Role: { MaxSessionDuration: 7200, Description: "for ops" } });
    updateRole.handle({ RoleName: "ops", Description: "" }, context);
    expect(get()).toMatchObject({ Role: { MaxSessionDuration: 3600, Description: "" } });
  });
});

describe("UpdateAssumeRolePolicy", () => {
  const update = (PolicyDocument: string) =>
    updateAssumeRolePolicy.handle({ RoleName: "ops", PolicyDocument }, context);

  it("replaces the trust policy", () => {
    create();
    update(trust("000000000000"));
    expect(get()).toMatchObject({
      Role: { AssumeRolePolicyDocument: encodeURIComponent(trust("000000000000")) },
    });
  });

  it("refuses a malformed one and keeps the old", () => {
    create();
    expect(refusal(() => update("{")).code).toBe("MalformedPolicyDocument");
    expect(get()).toMatchObject({ Role: bareRole });
  });
});

describe("DeleteRole", () => {
  it("deletes the role and ends its sessions", () => {
    create();
    assumeRole.handle({ RoleArn: bareRole.Arn, RoleSessionName: "work" }, context);
    expect(deleteRole.handle({ RoleName: "ops" }, context)).toEqual({});
    expect(refusal(get)).toEqual(notFound);
    expect([...context.state.sessionCredentials.values()]).toEqual([]);
  });
});
