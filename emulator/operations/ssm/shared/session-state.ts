import type { SessionRecord } from "../../ports/session-record.ts";

/** True once a session can never be used again. */
export function hasEnded(session: SessionRecord): boolean {
  return session.endedAt !== undefined;
}
