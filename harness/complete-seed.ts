import { ConfigError } from "../emulator/errors.ts";
import { builtInSeed } from "../emulator/seed/built-in-seed.ts";
import { checkSeed } from "../emulator/seed/check-seed.ts";
import { loadSeed } from "../emulator/seed/load-seed.ts";
import type { Seed } from "../emulator/seed/seed-schema.ts";
import { showPath } from "../emulator/yaml-file/file-problem.ts";
import { madeUpAccessKey, madeUpNodeId } from "./made-up-names.ts";

type Item<Section extends keyof Seed> = Seed[Section] extends readonly (infer Element)[] ? Element : never;
type Named<Of> = Partial<Of> & { readonly name: string };
type SeedNode = Item<"nodes">;

/** A seed whose members may all be left out, but for names. */
export type SeedInput = Partial<Omit<Seed, "users" | "roles" | "nodes" | "preferences">> & {
  /** `undefined`, where it is said: the account has no preferences document. */
  readonly preferences?: Seed["preferences"] | undefined;
  readonly users?: readonly Named<Item<"users">>[];
  readonly roles?: readonly Named<Item<"roles">>[];
  readonly nodes?: readonly (Named<Omit<SeedNode, "users">> & {
    readonly users?: readonly Named<SeedNode["users"][number]>[];
  })[];
};

/**
 * A whole seed: that of a file, or the given sections in place of the built-in seed's. Users of its own make an account
 * without the built-in roles. IAM users without keys and nodes without an id get ones that follow from their names.
 * @throws ConfigError naming every mistake, or why the file cannot be read
 */
export async function completeSeed(seed: SeedInput | string | undefined): Promise<Seed> {
  if (seed === undefined || typeof seed === "string") return await loadSeed(seed);
  const { users, nodes } = seed;
  const given = {
    ...builtInSeed,
    ...(users !== undefined && { roles: [] }),
    ...seed,
    ...(users !== undefined && {
      users: users.map((user) => ({ accessKeys: [madeUpAccessKey(user.name)], ...user })),
    }),
    ...(nodes !== undefined && { nodes: nodes.map((node) => ({ id: madeUpNodeId(node.name), ...node })) }),
  };
  const checked = checkSeed(given);
  if (checked.type === "value") return checked.value;
  const mistakes = checked.problems.map(
    ({ path, expected, found }) => `seed: ${showPath(path)}: expected ${expected}, found ${found}`,
  );
  throw new ConfigError(mistakes.join("\n"));
}
