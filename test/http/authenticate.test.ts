import { beforeEach, describe, expect, it } from "vitest";
import { authenticate, trustClaimedIdentity } from "../../emulator/http/authenticate.ts";
import type { SessionSubject } from "../../emulator/operations/ports/iam-records.ts";
import type { Account } from "../../emulator/operations/principals.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { accountId } from "../helpers/operation-context.ts";
import { signRequest } from "./sign-request.ts";

const now = Date.UTC(2026, 0, 2);
const secretAccessKey = "secret";
let account: Account;

const assumedRole: SessionSubject = {
  type: "assumed-role",
  roleName: "Operator",
  roleId: "AROA1",
  sessionName: "alice@example",
  sessionTags: [{ key: "SSMSessionRunAs", value: "deploy" }],
  transitiveTagKeys: ["SSMSessionRunAs"],
  sourceIdentity: undefined,
};

beforeEach(() => {
  account = { accountId, state: createMemoryState() };
  const { users, accessKeys } = account.state;
  users.put("alice", {
    userName: "Alice",
    userId: "AIDA1",
    path: "/team/",
    createdAt: now,
    tags: [{ key: "SSMSessionRunAs", value: "webadmin" }],
  });
  putRole("AROA1");
  const key = { secretAccessKey, createdAt: now, status: "Active" } as const;
  accessKeys.put("test", { ...key, accessKeyId: "test", userName: undefined });
  accessKeys.put("AKIAALICE", { ...key, accessKeyId: "AKIAALICE", userName: "Alice" });
  accessKeys.put("AKIAOLD", { ...key, accessKeyId: "AKIAOLD", userName: "Alice", status: "Inactive" });
  putSession("ASIAROOT", { type: "root" });
  putSession("ASIAALICE", { type: "user", userName: "Alice" });
  putSession("ASIAROLE", assumedRole);
});

function putRole(roleId: string, tagValue = "operator") {
  account.state.roles.put("operator", {
    roleName: "Operator",
    roleId,
    path: "/ops/",
    createdAt: now,
    description: undefined,
    assumeRolePolicyDocument: "{}",
    maxSessionDurationSeconds: 3600,
    tags: [{ key: "SSMSessionRunAs", value: tagValue }],
  });
}

function putSession(accessKeyId: string, subject: SessionSubject) {
  account.state.sessionCredentials.put(accessKeyId, {
    accessKeyId,
    secretAccessKey,
    sessionToken: "token",
    expiresAt: now + 1000,
    subject,
  });
}

async function signedBy(accessKeyId: string) {
  const signing = { accessKeyId, secretAccessKey, service: "ssm", region: "eu-west-1", now };
  const token = accessKeyId.startsWith("ASIA") ? { sessionToken: "token" } : {};
  return signRequest({ method: "POST", path: "/" }, { ...signing, ...token });
}

async function callerOf(accessKeyId: string) {
  return authenticate(await signedBy(accessKeyId), account, {
    service: "ssm",
    now,
    clientNow: now,
    skewMs: 300_000,
  });
}

const alice = {
  type: "user",
  accountId,
  arn: `arn:aws:iam::${accountId}:user/team/Alice`,
  userId: "AIDA1",
  userName: "Alice",
  tags: [{ key: "SSMSessionRunAs", value: "webadmin" }],
};
const root = { type: "root", accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId };
const operator = {
  type: "assumed-role",
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/Operator/alice@example`,
  userId: "AROA1:alice@example",
  roleName: "Operator",
  sessionName: "alice@example",
  roleTags: [{ key: "SSMSessionRunAs", value: "operator" }],
  sessionTags: [{ key: "SSMSessionRunAs", value: "deploy" }],
  transitiveTagKeys: ["SSMSessionRunAs"],
};

describe("a signed request", () => {
  it.each([
    ["test", root],
    ["AKIAALICE", alice],
    ["ASIAROOT", root],
    ["ASIAALICE", alice],
    ["ASIAROLE", operator],
  ])("with the key %s comes from its owner", async (accessKeyId, principal) => {
    expect(await callerOf(accessKeyId)).toEqual({
      type: "authenticated",
      caller: { principal, region: "eu-west-1" },
    });
  });

  it("bears the tags that the role has now", async () => {
    putRole("AROA1", "changed");
    expect(await callerOf("ASIAROLE")).toMatchObject({
      caller: { principal: { roleTags: [{ key: "SSMSessionRunAs", value: "changed" }] } },
    });
  });

  it.each(["AKIAOLD", "AKIANOBODY", "ASIANOBODY"])("with the key %s is refused", async (accessKeyId) => {
    expect(await callerOf(accessKeyId)).toEqual({ type: "failed", failure: { type: "unknown-token" } });
  });

  it.each(["AKIAALICE", "ASIAALICE"])(
    "with the key %s is refused once the user is deleted",
    async (accessKeyId) => {
      account.state.users.delete("alice");
      expect(await callerOf(accessKeyId)).toEqual({ type: "failed", failure: { type: "unknown-token" } });
    },
  );

  it("is refused when the role was deleted and made again", async () => {
    putRole("AROA2");
    expect(await callerOf("ASIAROLE")).toEqual({ type: "failed", failure: { type: "unknown-token" } });
  });
});

describe("a request that is not verified", () => {
  it("comes from the owner of the key it names", async () => {
    const signed = await signedBy("AKIAALICE");
    const headers = { ...signed.headers, authorization: `${signed.headers.authorization}0` };
    expect(trustClaimedIdentity({ ...signed, headers }, account)).toEqual({
      principal: alice,
      region: "eu-west-1",
    });
  });

  it("comes from the root when it names an unknown key or none", async () => {
    expect(trustClaimedIdentity(await signedBy("AKIANOBODY"), account).principal).toEqual(root);
    const unsigned = { method: "POST", url: "/", headers: {}, body: Buffer.alloc(0) };
    expect(trustClaimedIdentity(unsigned, account)).toEqual({ principal: root, region: "us-east-1" });
  });
});
