import { isReservedTag } from "../access/session-tags.ts";
import { parseTrustPolicy } from "../access/trust-policy-grammar.ts";
import { checkSessionDocument } from "../documents/check-session-document.ts";
import { preferencesDocumentName } from "../documents/document-name.ts";
import { type FilePath, type FileProblem, showValue } from "../yaml-file/file-problem.ts";
import { preferencesContent } from "./preferences-content.ts";
import { documentNamePattern, type Seed, tagKeyPattern } from "./seed-schema.ts";

/** Names that lead nowhere or that AWS would not take, and AWS's rules for trust policies and session documents. */
export function checkReferences(seed: Seed): readonly FileProblem[] {
  return [
    ...(["users", "roles", "nodes"] as const).flatMap((section) =>
      seed[section].flatMap(({ tags }, index) => tagKeyProblems(tags, [section, index, "tags"])),
    ),
    ...seed.roles.flatMap((role, index) => roleProblems(seed, role, ["roles", index])),
    ...preferencesProblems(seed),
    ...Object.entries(seed.documents).flatMap(([name, content]) => documentProblems(name, content)),
  ];
}

function tagKeyProblems(tags: Readonly<Record<string, string>>, path: FilePath): readonly FileProblem[] {
  const expected = "a tag key: 1 to 128 letters, digits, spaces or any of _.:/=+-@, not beginning with aws:";
  return Object.entries(tags)
    .filter(([key, value]) => !tagKeyPattern.test(key) || isReservedTag({ key, value }))
    .map(([key]) => nameProblem([...path, key], expected, showValue(key)));
}

function roleProblems(seed: Seed, role: Seed["roles"][number], path: FilePath): readonly FileProblem[] {
  const { assumableBy, trustPolicy } = role;
  const users = unknownUsers(seed, assumableBy ?? []).map(({ name, index }) =>
    problem([...path, "assumableBy", index], aUserOf(seed), showValue(name)),
  );
  if (trustPolicy === undefined) {
    return assumableBy === undefined ? [problem(path, "assumableBy or trustPolicy", "neither")] : users;
  }
  return assumableBy === undefined
    ? trustPolicyProblems(seed, trustPolicy, [...path, "trustPolicy"])
    : [problem(path, "either assumableBy or trustPolicy", "both")];
}

function trustPolicyProblems(seed: Seed, policy: object, path: FilePath): readonly FileProblem[] {
  const parsed = parseTrustPolicy(JSON.stringify(policy));
  if (parsed.type === "malformed") {
    return [problem(path, "a trust policy", `one that IAM refuses: ${parsed.message}`)];
  }
  const userArn = new RegExp(`^arn:aws:iam::${seed.account}:user/(?:.*/)?([^/]+)$`);
  const names = parsed.statements
    .flatMap(({ principals }) => principals)
    .flatMap((arn) => userArn.exec(arn)?.[1] ?? []);
  return unknownUsers(seed, names).map(({ name }) => problem(path, aUserOf(seed), showValue(name)));
}

function unknownUsers(seed: Seed, names: readonly string[]) {
  const known = new Set(seed.users.map(({ name }) => name));
  return names.map((name, index) => ({ name, index })).filter(({ name }) => !known.has(name));
}

function aUserOf(seed: Seed): string {
  const names = seed.users.map(({ name }) => name);
  return names.length === 0
    ? "a user of this file, which has none"
    : `a user of this file: ${names.join(", ")}`;
}

function preferencesProblems({ preferences, documents }: Seed): readonly FileProblem[] {
  if (preferences === undefined) return [];
  const twice = Object.hasOwn(documents, preferencesDocumentName)
    ? [
        nameProblem(
          ["documents", preferencesDocumentName],
          "the section preferences or this document",
          "both",
        ),
      ]
    : [];
  return [...twice, ...contentProblems(preferencesContent(preferences), ["preferences"])];
}

function documentProblems(name: string, content: unknown): readonly FileProblem[] {
  const path = ["documents", name];
  if (documentNamePattern.test(name)) return contentProblems(content, path);
  const expected =
    "a document name: 3 to 128 letters, digits or any of _-., not beginning with aws, amazon or amzn";
  return [nameProblem(path, expected, showValue(name))];
}

function contentProblems(content: unknown, path: FilePath): readonly FileProblem[] {
  const checked = checkSessionDocument(content);
  if (checked.type === "accepted") return [];
  return [problem(path, "a session document", `one that Systems Manager refuses: ${checked.text}`)];
}

function problem(path: FilePath, expected: string, found: string): FileProblem {
  return { path, isAboutName: false, expected, found };
}

function nameProblem(path: FilePath, expected: string, found: string): FileProblem {
  return { path, isAboutName: true, expected, found };
}
