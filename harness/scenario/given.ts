import { isObject } from "../../emulator/documents/json-value.ts";
import type { FilePath, FileProblem } from "../../emulator/yaml-file/file-problem.ts";
import { madeUpAccessKey, madeUpNodeId } from "../made-up-names.ts";

/** A scenario's account in the seed's own form, not yet checked. */
export interface ExpandedGiven {
  readonly seed: unknown;
  /** Sections that have neither form. */
  readonly problems: readonly FileProblem[];
  /** Where a value of the seed stands in the scenario. */
  originOf(path: FilePath): FilePath;
}

interface Expanded {
  readonly items: readonly unknown[];
  /** Of each item: its place in the seed, and in the scenario. */
  readonly origins: readonly (readonly [FilePath, FilePath])[];
}

type Expand = (name: string, value: unknown, place: Places) => Expanded;

interface Places {
  /** In the seed. */
  readonly at: FilePath;
  /** In the scenario. */
  readonly from: FilePath;
}

const sections: Readonly<Record<string, { readonly expand: Expand; readonly expected: string }>> = {
  users: {
    expand: expandUser,
    expected: "users with their tags, such as { alice: { SSMSessionRunAs: ops } }, or a list of users",
  },
  roles: {
    expand: expandRole,
    expected: "roles, such as { operator: { assumableBy: [alice] } }, or a list of roles",
  },
  nodes: {
    expand: expandNode,
    expected: "nodes with their OS users, such as { web-1: [ops] }, or a list of nodes",
  },
};

/**
 * Turns the short forms of `given` into a seed: sections that are mappings by name. Ids and access keys that are left
 * out follow from the names.
 */
export function expandGiven(given: Readonly<Record<string, unknown>>): ExpandedGiven {
  const seed: Record<string, unknown> = {};
  const problems: FileProblem[] = [];
  const origins: (readonly [FilePath, FilePath])[] = [];
  for (const [section, value] of Object.entries(given)) {
    const short = Object.hasOwn(sections, section) ? sections[section] : undefined;
    if (value === null) continue;
    if (short === undefined) seed[section] = value;
    else if (Array.isArray(value)) seed[section] = value.map((item) => complete(section, item));
    else if (isObject(value)) {
      const expanded = expandSection(section, value, short.expand);
      seed[section] = expanded.items;
      origins.push(...expanded.origins);
    } else {
      problems.push({
        path: ["given", section],
        isAboutName: false,
        expected: short.expected,
        found: JSON.stringify(value),
      });
    }
  }
  return { seed, problems, originOf: (path) => originOf(path, origins) };
}

function expandSection(
  section: string,
  members: Readonly<Record<string, unknown>>,
  expand: Expand,
): Expanded {
  const expanded = Object.entries(members).map(([name, value], index) => {
    const at = [section, index];
    const from = ["given", section, name];
    const { items, origins } = expand(name, value, { at, from });
    return { items, origins: [[at, from], [[...at, "name"], from], ...origins] as const };
  });
  return {
    items: expanded.flatMap(({ items }) => items).map((item) => complete(section, item)),
    origins: expanded.flatMap(({ origins }) => origins),
  };
}

function expandUser(name: string, tags: unknown, { at, from }: Places): Expanded {
  return { items: [{ name, tags: tags ?? {} }], origins: [[[...at, "tags"], from]] };
}

function expandRole(name: string, members: unknown): Expanded {
  // What is no mapping is left for the check to refuse.
  return { items: [isObject(members ?? {}) ? { name, ...(members ?? {}) } : members], origins: [] };
}

function expandNode(name: string, users: unknown, { at, from }: Places): Expanded {
  const listed = users ?? [];
  const isList = Array.isArray(listed);
  return {
    items: [
      {
        name,
        tags: { Name: name },
        users: isList ? listed.map((user) => (typeof user === "string" ? { name: user } : user)) : listed,
      },
    ],
    origins: [
      [[...at, "users"], from],
      ...(isList ? listed : []).flatMap((user, index) =>
        typeof user === "string"
          ? [
              [
                [...at, "users", index, "name"],
                [...from, index],
              ] as const,
            ]
          : [],
      ),
    ],
  };
}

/** Ids and keys that the item does not give itself. */
function complete(section: string, item: unknown): unknown {
  if (!isObject(item) || typeof item.name !== "string") return item;
  const { name } = item;
  if (section === "users") return { accessKeys: [madeUpAccessKey(name)], ...item };
  if (section === "nodes") return { id: madeUpNodeId(name), ...item };
  return item;
}

function originOf(path: FilePath, origins: readonly (readonly [FilePath, FilePath])[]): FilePath {
  const best = origins
    .filter(([at]) => at.every((step, index) => path[index] === step))
    .reduce<readonly [FilePath, FilePath]>((a, b) => (b[0].length > a[0].length ? b : a), [[], ["given"]]);
  return [...best[1], ...path.slice(best[0].length)];
}
