import { describe, expect, it } from "vitest";
import type { Principal } from "../../emulator/access/principal.ts";
import { decideRunAsAtService } from "../../emulator/access/run-as.ts";
import { trustPolicyAllows } from "../../emulator/access/trust-policy.ts";
import { checkSessionDocument } from "../../emulator/documents/check-session-document.ts";
import { readAsAgent } from "../../emulator/documents/read-as-agent.ts";
import { applySeed } from "../../emulator/seed/apply-seed.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { nodeSpecs } from "../../emulator/seed/node-specs.ts";
import { readSeed } from "../../emulator/seed/read-seed.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";

const now = 1_700_000_000_000;

function stateOf(seed = builtInSeed) {
  const state = createMemoryState();
  applySeed(seed, state, now);
  return state;
}

describe("applySeed", () => {
  it("gives root its keys even from an empty file", () => {
    const state = stateOf(readSeed("", "seed.yaml"));
    expect([...state.accessKeys.values()]).toEqual([
      { accessKeyId: "test", secretAccessKey: "test", userName: undefined, status: "Active", createdAt: now },
    ]);
    expect([...state.users.values(), ...state.roles.values(), ...state.documents.values()]).toEqual([]);
  });

  it("puts users under their names in lower case, with keys of their own", () => {
    const state = stateOf(
      readSeed(
        "users: [{name: Al, path: /x/, tags: {a: b}, accessKeys: [{id: AKIAX, secret: s}]}]",
        "seed.yaml",
      ),
    );
    expect(state.users.get("al")).toEqual({
      userName: "Al",
      userId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      path: "/x/",
      createdAt: now,
      tags: [{ key: "a", value: "b" }],
    });
    expect(state.accessKeys.get("AKIAX")?.userName).toBe("Al");
  });

  it("derives unique ids from account and name, so that they outlive a restart", () => {
    const idOf = (seed = builtInSeed) => stateOf(seed).users.get("alice")?.userId;
    expect(idOf()).toBe(idOf());
    expect(idOf()).not.toBe(idOf({ ...builtInSeed, account: "111111111111" }));
    const state = stateOf();
    const ids = [...state.users.values()].map(({ userId }) => userId.slice(4));
    expect(new Set([...ids, state.roles.get("operator")?.roleId.slice(4)]).size).toBe(4);
  });

  it("keeps a trust policy as it is written", () => {
    const policy = { Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" }] };
    const state = stateOf(
      readSeed(JSON.stringify({ roles: [{ name: "r", trustPolicy: policy }] }), "seed.yaml"),
    );
    expect(JSON.parse(state.roles.get("r")?.assumeRolePolicyDocument ?? "")).toEqual(policy);
  });

  it("stores documents as JSON in one version", () => {
    const content = { schemaVersion: "1.0", sessionType: "Standard_Stream", inputs: { runAsEnabled: true } };
    const state = stateOf(readSeed(JSON.stringify({ documents: { MyShell: content } }), "seed.yaml"));
    expect(state.documents.get("MyShell")).toMatchObject({ documentType: "Session", defaultVersion: "1" });
    const [version, ...more] = state.documents.get("MyShell")?.versions ?? [];
    expect(version).toMatchObject({ version: "1", format: "JSON", createdAt: now });
    expect(JSON.parse(version?.content ?? "")).toEqual(content);
    expect(more).toEqual([]);
  });

  it("gives KMS keys ids and material that outlive a restart", () => {
    const keysOf = (account: string) => {
      const file = `account: "${account}"\nkmsKeys: [{alias: alias/a}, {alias: alias/b, description: d}]`;
      const { kmsKeys, kmsAliases } = stateOf(readSeed(file, "seed.yaml"));
      return [...kmsAliases.values()].map(({ name, keyId }) => ({ name, ...kmsKeys.get(keyId) }));
    };
    const keys = keysOf("000000000000");
    expect(keys).toMatchObject([
      { name: "alias/a", description: "", keyState: "Enabled", createdAt: now },
      { name: "alias/b", description: "d" },
    ]);
    expect(keysOf("000000000000")).toEqual(keys);
    const all = [...keys, ...keysOf("111111111111")];
    for (const { keyId, material } of all) {
      expect(keyId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(material).toHaveLength(32);
    }
    expect(new Set(all.map(({ keyId }) => keyId)).size).toBe(4);
    expect(new Set(all.map(({ material }) => Buffer.from(material ?? []).toString("hex"))).size).toBe(4);
  });

  it("gives a KMS key the id it is to have", () => {
    const id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const { kmsAliases } = stateOf(readSeed(`kmsKeys: [{alias: alias/a, id: ${id}}]`, "seed.yaml"));
    expect(kmsAliases.get("alias/a")?.keyId).toBe(id);
  });

  it("makes no preferences document without the section", () => {
    expect(stateOf(readSeed("", "seed.yaml")).documents.get("SSM-SessionManagerRunShell")).toBeUndefined();
  });
});

describe("the built-in seed", () => {
  it("has keys in AWS's form", () => {
    const keys = builtInSeed.users.flatMap(({ accessKeys }) => accessKeys);
    expect(keys).toHaveLength(3);
    for (const { id, secret } of keys) {
      expect(id).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(secret).toMatch(/^[A-Za-z0-9/+]{40}$/);
    }
  });

  it.each([
    ["alice", "proceed", "my-os-user"],
    ["bob", "proceed", "os-test-user"],
    ["test-user", "refused", undefined],
  ])("lets the service decide for %s: %s %s", (userName, outcome, runAsUser) => {
    const decision = decideRunAsAtService({
      principal: userPrincipal(userName),
      preferences: preferences(),
      refuseMissingUser: true,
    });
    expect(decision.outcome).toBe(outcome);
    expect(decision.outcome === "proceed" ? decision.runAsUser : undefined).toBe(runAsUser);
  });

  it("logs to a group that exists", () => {
    const { cloudWatchLogGroupName } = preferences();
    expect(cloudWatchLogGroupName).toBe("/ssm/session-logs");
    expect(stateOf().logGroups.get(cloudWatchLogGroupName)).toBeDefined();
  });

  it.each([
    ["test-user", true],
    ["alice", false],
  ])("lets %s assume operator and pass tags: %s", (userName, allowed) => {
    const principal = userPrincipal(userName);
    const policy = stateOf().roles.get("operator")?.assumeRolePolicyDocument ?? "";
    const request = {
      principal,
      principalArn: principal.arn,
      roleSessionName: "s",
      externalId: undefined,
      sourceIdentity: undefined,
      tags: [],
      transitiveTagKeys: [],
    };
    expect(trustPolicyAllows(policy, "sts:AssumeRole", request)).toBe(allowed);
    expect(trustPolicyAllows(policy, "sts:TagSession", request)).toBe(allowed);
  });

  it("has the OS user of alice and operator on its node, and not bob's", () => {
    const [node] = nodeSpecs(builtInSeed);
    expect(node).toMatchObject({
      nodeId: "i-0a1b2c3d4e5f60718",
      name: "web-1",
      tags: [{ key: "Name", value: "web-1" }],
    });
    expect(node?.users.map(({ name }) => name)).toEqual(["my-os-user", "test-user"]);
  });
});

function userPrincipal(userName: string): Principal {
  const user = stateOf().users.get(userName);
  if (user === undefined) throw new Error(`no user ${userName}`);
  const { userId, tags } = user;
  const arn = `arn:aws:iam::${builtInSeed.account}:user/${userName}`;
  return { type: "user", accountId: builtInSeed.account, arn, userId, userName, tags };
}

function preferences() {
  const version = stateOf().documents.get("SSM-SessionManagerRunShell")?.versions[0];
  const checked = checkSessionDocument(JSON.parse(version?.content ?? ""));
  if (checked.type === "refused") throw new Error(checked.text);
  const reading = readAsAgent(checked.content);
  if (reading.type === "unparsable") throw new Error(reading.reason);
  return reading.document.inputs;
}
