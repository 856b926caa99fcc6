import { createHash } from "node:crypto";
import type { EpochMillis } from "../clock.ts";
import { preferencesDocumentName } from "../documents/document-name.ts";
import type { AccountState } from "../operations/ports/account-state.ts";
import type { DocumentRecord } from "../operations/ports/document-record.ts";
import { toTags } from "./node-specs.ts";
import { preferencesContent } from "./preferences-content.ts";
import type { Seed } from "./seed-schema.ts";

const uniqueIdLength = 17;

/**
 * Puts users, roles, keys, documents and log groups of a seed into an empty account. Unique ids follow from the names,
 * so they are the same after every start; KMS keys' material does too, so that what they encrypted stays readable.
 */
export function applySeed(seed: Seed, state: AccountState, now: EpochMillis): void {
  putAccessKeys(state, { keys: seed.rootAccessKeys, userName: undefined, now });
  for (const user of seed.users) putUser(state, { seed, user, now });
  for (const role of seed.roles) putRole(state, { seed, role, now });
  const preferences =
    seed.preferences === undefined ? {} : { [preferencesDocumentName]: preferencesContent(seed.preferences) };
  for (const [name, content] of Object.entries({ ...preferences, ...seed.documents })) {
    state.documents.put(name, sessionDocument(name, content, now));
  }
  for (const name of seed.logGroups) {
    state.logGroups.put(name, { name, createdAt: now, kmsKeyId: undefined, logGroupClass: "STANDARD" });
  }
  for (const key of seed.kmsKeys) putKmsKey(state, { seed, key, now });
}

function putUser(
  state: AccountState,
  {
    seed,
    user,
    now,
  }: { readonly seed: Seed; readonly user: Seed["users"][number]; readonly now: EpochMillis },
): void {
  state.users.put(user.name.toLowerCase(), {
    userName: user.name,
    userId: `AIDA${uniqueId(seed, "user", user.name)}`,
    path: user.path,
    createdAt: now,
    tags: toTags(user.tags),
  });
  putAccessKeys(state, { keys: user.accessKeys, userName: user.name, now });
}

function putAccessKeys(
  state: AccountState,
  owner: {
    readonly keys: Seed["rootAccessKeys"];
    readonly userName: string | undefined;
    readonly now: EpochMillis;
  },
): void {
  for (const { id, secret } of owner.keys) {
    state.accessKeys.put(id, {
      accessKeyId: id,
      secretAccessKey: secret,
      userName: owner.userName,
      status: "Active",
      createdAt: owner.now,
    });
  }
}

function putRole(
  state: AccountState,
  {
    seed,
    role,
    now,
  }: { readonly seed: Seed; readonly role: Seed["roles"][number]; readonly now: EpochMillis },
): void {
  state.roles.put(role.name.toLowerCase(), {
    roleName: role.name,
    roleId: `AROA${uniqueId(seed, "role", role.name)}`,
    path: role.path,
    createdAt: now,
    description: role.description,
    assumeRolePolicyDocument: JSON.stringify(role.trustPolicy ?? trustPolicy(seed, role.assumableBy ?? [])),
    maxSessionDurationSeconds: role.maxSessionDurationSeconds,
    tags: toTags(role.tags),
  });
}

function trustPolicy(seed: Seed, userNames: readonly string[]): object {
  const users = seed.users.filter(({ name }) => userNames.includes(name));
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: users.map(({ path, name }) => `arn:aws:iam::${seed.account}:user${path}${name}`) },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      },
    ],
  };
}

function sessionDocument(name: string, content: object, now: EpochMillis): DocumentRecord {
  return {
    name,
    documentType: "Session",
    targetType: undefined,
    displayName: undefined,
    tags: [],
    createdAt: now,
    defaultVersion: "1",
    versions: [
      {
        version: "1",
        versionName: undefined,
        createdAt: now,
        format: "JSON",
        content: JSON.stringify(content, null, 2),
      },
    ],
  };
}

function putKmsKey(
  state: AccountState,
  {
    seed,
    key: { alias, id, description = "" },
    now,
  }: { readonly seed: Seed; readonly key: Seed["kmsKeys"][number]; readonly now: EpochMillis },
): void {
  const keyId = id ?? uuid(digest(seed, "kms-key", alias));
  state.kmsKeys.put(keyId, {
    keyId,
    description,
    createdAt: now,
    keyState: "Enabled",
    deletesAt: undefined,
    material: digest(seed, "kms-material", keyId),
  });
  state.kmsAliases.put(alias, { name: alias, keyId, createdAt: now });
}

/** A UUID of version 4 in form. */
function uuid(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
}

/** Characters of AWS's unique ids, taken from a digest. @see aws-api reference, section 1.8 */
function uniqueId(seed: Seed, kind: string, name: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...digest(seed, kind, name.toLowerCase()).subarray(0, uniqueIdLength)]
    .map((byte) => alphabet.charAt(byte % alphabet.length))
    .join("");
}

function digest(seed: Seed, kind: string, name: string): Buffer {
  return createHash("sha256").update(`${seed.account}:${kind}:${name}`).digest();
}
