import type { ExplainedTag } from "./explanation.ts";
import { effectiveTags, type Principal, type Tag } from "./principal.ts";

/** All tags around a principal: those that count, then those of a role that a session tag has replaced. */
export function explainTags(principal: Principal): ExplainedTag[] {
  const effective = effectiveTags(principal);
  if (principal.type !== "assumed-role") return effective.map((tag) => ({ ...tag, transitive: false }));

  const transitive = new Set(principal.transitiveTagKeys.map((key) => key.toLowerCase()));
  const isOverridden = ({ key }: Tag) =>
    !effective.some((tag) => tag.source === "role tag" && tag.key === key);
  return [
    ...effective.map((tag) => ({
      ...tag,
      transitive: tag.source === "STS session tag" && transitive.has(tag.key.toLowerCase()),
    })),
    ...principal.roleTags.filter(isOverridden).map((tag) => ({
      ...tag,
      source: "role tag" as const,
      transitive: false,
      overriddenBy: "STS session tag" as const,
    })),
  ];
}
