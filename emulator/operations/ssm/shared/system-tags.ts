import type { Principal, Tag } from "../../../access/principal.ts";

/**
 * The tags that the service puts on every session; by them policies allow a caller their own sessions only.
 * @see agent-behaviour reference, section 3, "Two system tags"
 */
export function systemTags(session: {
  readonly target: string;
  readonly principal: Principal;
}): readonly Tag[] {
  return [
    { key: "aws:ssmmessages:target-id", value: session.target },
    { key: "aws:ssmmessages:session-id", value: session.principal.userId },
  ];
}
