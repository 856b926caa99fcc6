import type { Tag } from "../access/principal.ts";
import type { Seed } from "./seed-schema.ts";

type SeedNode = Seed["nodes"][number];

/** A seeded node in the words of the node engines. */
export interface SeededNode {
  readonly nodeId: string;
  readonly name: string;
  readonly image?: string;
  readonly agentVersion?: string;
  readonly users: SeedNode["users"];
  readonly tags: readonly Tag[];
}

/** The nodes that a fleet is to provide. */
export function nodeSpecs(seed: Seed): readonly SeededNode[] {
  return seed.nodes.map(({ id, tags, ...node }) => ({ ...node, nodeId: id, tags: toTags(tags) }));
}

/** Tags as the account keeps them. */
export function toTags(tags: Readonly<Record<string, string>>): readonly Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
