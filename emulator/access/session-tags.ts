import type { Principal, Tag } from "./principal.ts";

export interface SessionTagRequest {
  readonly caller: Principal;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
}

export type SessionTagDecision =
  | {
      readonly type: "accepted";
      /** Passed tags and those inherited from the calling session. */
      readonly tags: readonly Tag[];
      readonly transitiveTagKeys: readonly string[];
    }
  | { readonly type: "refused"; readonly reason: SessionTagRefusal };

export type SessionTagRefusal =
  | "duplicate-key"
  | "reserved-prefix"
  | "conflicts-with-inherited"
  | "transitive-key-not-passed";

/**
 * The tags of a role session: what is passed, and from a calling role session what it marked transitive.
 * Keys compare without regard to case.
 * @see aws-api reference, section 2.7; IAM user guide, "Chaining roles with session tags"
 * @unverified The order of the checks: a request on AWS that breaks several rules would settle it.
 */
export function decideSessionTags(request: SessionTagRequest): SessionTagDecision {
  const { tags, transitiveTagKeys } = request;
  const inherited = inheritedTags(request.caller);
  const passedKeys = lowerCaseSet(tags.map((tag) => tag.key));
  if (passedKeys.size < tags.length) return refused("duplicate-key");
  if (tags.some(isReservedTag)) return refused("reserved-prefix");
  if (inherited.some((tag) => passedKeys.has(tag.key.toLowerCase())))
    return refused("conflicts-with-inherited");
  if (transitiveTagKeys.some((key) => !passedKeys.has(key.toLowerCase())))
    return refused("transitive-key-not-passed");
  return {
    type: "accepted",
    tags: [...tags, ...inherited],
    transitiveTagKeys: [...transitiveTagKeys, ...inherited.map((tag) => tag.key)],
  };
}

/** Whether key or value begins with `aws:`, which is AWS's own. @see aws-api reference, section 2.6, "Tag rules" */
export function isReservedTag(tag: Tag): boolean {
  return [tag.key, tag.value].some((text) => text.toLowerCase().startsWith("aws:"));
}

function inheritedTags(caller: Principal): readonly Tag[] {
  if (caller.type !== "assumed-role") return [];
  const transitive = lowerCaseSet(caller.transitiveTagKeys);
  return caller.sessionTags.filter((tag) => transitive.has(tag.key.toLowerCase()));
}

function lowerCaseSet(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => text.toLowerCase()));
}

function refused(reason: SessionTagRefusal): SessionTagDecision {
  return { type: "refused", reason };
}
