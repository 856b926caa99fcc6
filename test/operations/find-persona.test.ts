import { beforeEach, describe, expect, it } from "vitest";
import { findPersona, type PersonaRequest } from "../../emulator/operations/find-persona.ts";
import type { Account } from "../../emulator/operations/principals.ts";
import { applySeed } from "../../emulator/seed/apply-seed.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { accountId } from "../helpers/operation-context.ts";

const now = Date.UTC(2026, 0, 2);
const noneKnown = "Known: root, test-user, alice, bob, role/operator.";
let account: Account;

beforeEach(() => {
  account = { accountId, state: createMemoryState() };
  applySeed(builtInSeed, account.state, now);
});

function find(as: string, more: Partial<PersonaRequest> = {}) {
  return findPersona({ as, sessionTags: [], roleSessionName: undefined, ...more }, account, now);
}

function putCredentials(expiresAt: number): void {
  account.state.sessionCredentials.put("ASIA1", {
    accessKeyId: "ASIA1",
    secretAccessKey: "secret",
    sessionToken: "token",
    expiresAt,
    subject: { type: "user", userName: "bob" },
  });
}

describe("findPersona", () => {
  it.each([
    ["root", `arn:aws:iam::${accountId}:root`],
    ["alice", `arn:aws:iam::${accountId}:user/alice`],
    ["ALICE", `arn:aws:iam::${accountId}:user/alice`],
    ["AKIABOB2222222222222", `arn:aws:iam::${accountId}:user/bob`],
    ["test", `arn:aws:iam::${accountId}:root`],
    ["role/Operator", `arn:aws:sts::${accountId}:assumed-role/operator/operator`],
  ])("knows %s", (as, arn) => {
    expect(find(as)).toMatchObject({ type: "found", principal: { arn } });
  });

  it("takes temporary credentials for whom they stand, while they are good", () => {
    putCredentials(now + 1);
    expect(find("ASIA1")).toMatchObject({ principal: { userName: "bob" } });
    putCredentials(now);
    expect(find("ASIA1")).toEqual({ type: "refused", message: "The credentials ASIA1 have expired." });
  });

  it("gives a role the session name and tags that are asked for", () => {
    const sessionTags = [{ key: "SSMSessionRunAs", value: "dörte" }];
    expect(find("role/operator", { sessionTags, roleSessionName: "alice@example" })).toMatchObject({
      principal: { sessionName: "alice@example", sessionTags, roleTags: [{ value: "my-os-user" }] },
    });
  });

  it.each([
    ["carol", {}, `There is no persona carol. ${noneKnown}`],
    ["role/none", {}, `There is no persona role/none. ${noneKnown}`],
    [
      "alice",
      { sessionTags: [{ key: "a", value: "b" }] },
      "Only a role has session tags and a session name; alice is none. Write role/NAME.",
    ],
    [
      "role/operator",
      { roleSessionName: "a b" },
      "A role session's name has 2 to 64 letters, digits or any of _+=,.@-, not a b",
    ],
    [
      "role/operator",
      { sessionTags: [{ key: "aws:x", value: "" }] },
      "Tag keys and values must not begin with aws:, which is reserved for AWS.",
    ],
    [
      "role/operator",
      { sessionTags: [{ key: "a;b", value: "" }] },
      "STS takes up to 50 session tags; a key has 1 to 128 and a value up to 256 letters, digits, spaces or any of _.:/=+-@.",
    ],
  ])("refuses %s with %j", (as, more, message) => {
    expect(find(as, more)).toEqual({ type: "refused", message });
  });

  it("refuses a key that is inactive", () => {
    const id = "AKIABOB2222222222222";
    const key = account.state.accessKeys.get(id);
    if (key === undefined) throw new Error("the seed has this key");
    account.state.accessKeys.put(id, { ...key, status: "Inactive" });
    expect(find(id)).toEqual({ type: "refused", message: `The access key ${id} is inactive.` });
  });
});
