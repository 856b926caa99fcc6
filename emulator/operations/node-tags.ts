import type { Tag } from "../access/principal.ts";
import type { AccountState } from "./ports/account-state.ts";
import type { NodeDescription } from "./ports/managed-nodes.ts";

/** The tags a node has now: those of the seed until the first change by CreateTags or DeleteTags, then what these left. */
export function nodeTags(state: AccountState, node: NodeDescription): readonly Tag[] {
  return state.resourceTags.get(node.nodeId) ?? node.tags;
}
