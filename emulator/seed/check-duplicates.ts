import { type FilePath, type FileProblem, showValue } from "../yaml-file/file-problem.ts";
import type { Seed } from "./seed-schema.ts";

/** Names that are taken twice where they must be unique. */
export function checkDuplicates(seed: Seed): readonly FileProblem[] {
  const keys = [
    ...idsOf(seed.rootAccessKeys, ["rootAccessKeys"]),
    ...seed.users.flatMap((user, index) => idsOf(user.accessKeys, ["users", index, "accessKeys"])),
  ];
  return [
    ...repeated("a user name", inAnyCase(namesOf(seed.users, ["users"]))),
    ...repeated("a role name", inAnyCase(namesOf(seed.roles, ["roles"]))),
    ...repeated("an access key id", keys),
    ...repeated("a node id", idsOf(seed.nodes, ["nodes"])),
    ...repeated("a node name", inAnyCase(namesOf(seed.nodes, ["nodes"]))),
    ...repeated(
      "a log group name",
      seed.logGroups.map((name, index) => entry(name, ["logGroups", index])),
    ),
    ...repeated(
      "an alias",
      seed.kmsKeys.map(({ alias }, index) => entry(alias, ["kmsKeys", index, "alias"])),
    ),
    ...repeated(
      "a key id",
      seed.kmsKeys.flatMap(({ id }, index) =>
        id === undefined ? [] : [entry(id, ["kmsKeys", index, "id"])],
      ),
    ),
    ...seed.nodes.flatMap((node, index) => osUserDuplicates(node.users, ["nodes", index, "users"])),
    ...(["users", "roles", "nodes"] as const).flatMap((section) =>
      seed[section].flatMap(({ tags }, index) => tagDuplicates(tags, [section, index, "tags"])),
    ),
  ];
}

interface Entry {
  readonly path: FilePath;
  readonly name: string;
  /** Equal for names that clash. */
  readonly key: string;
}

function repeated(kind: string, entries: readonly Entry[]): readonly FileProblem[] {
  const seen = new Set<string>();
  return entries.flatMap(({ path, name, key }) => {
    if (seen.has(key)) {
      return [
        { path, isAboutName: false, expected: `${kind} that is not taken above`, found: showValue(name) },
      ];
    }
    seen.add(key);
    return [];
  });
}

function osUserDuplicates(users: Seed["nodes"][number]["users"], path: FilePath): readonly FileProblem[] {
  const uids = users.flatMap(({ uid }, index) =>
    uid === undefined ? [] : [entry(String(uid), [...path, index, "uid"])],
  );
  return [...repeated("an OS user name", namesOf(users, path)), ...repeated("a uid", uids)];
}

/** @see aws-api reference, section 2.6, "Tag rules", "Case" */
function tagDuplicates(tags: Readonly<Record<string, string>>, path: FilePath): readonly FileProblem[] {
  return repeated("a tag key", inAnyCase(Object.keys(tags).map((key) => entry(key, [...path, key]))));
}

function idsOf(items: readonly { readonly id: string }[], path: FilePath): readonly Entry[] {
  return items.map(({ id }, index) => entry(id, [...path, index, "id"]));
}

function namesOf(items: readonly { readonly name: string }[], path: FilePath): readonly Entry[] {
  return items.map(({ name }, index) => entry(name, [...path, index, "name"]));
}

function inAnyCase(entries: readonly Entry[]): readonly Entry[] {
  return entries.map((each) => ({ ...each, key: each.name.toLowerCase() }));
}

function entry(name: string, path: FilePath): Entry {
  return { name, path, key: name };
}
