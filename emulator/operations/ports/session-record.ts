import type { Decision } from "../../access/decision.ts";
import type { Tag } from "../../access/principal.ts";
import type { EpochMillis } from "../../clock.ts";
import type { SessionStatus } from "../../session/lifecycle.ts";

/** A session as the API and the admin API show it. */
export interface SessionRecord {
  readonly sessionId: string;
  /** Node id. */
  readonly target: string;
  readonly status: SessionStatus;
  readonly startedAt: EpochMillis;
  readonly endedAt: EpochMillis | undefined;
  readonly documentName: string;
  /** ARN of the principal that started it. */
  readonly ownerArn: string;
  /** `aws:userid` of that principal. */
  readonly ownerUserId: string;
  /** Those that the service puts on every session. */
  readonly tags: readonly Tag[];
  readonly reason: string | undefined;
  /** Minutes as text, as the document has it. */
  readonly maxSessionDuration: string | undefined;
  /** OS user the shell runs as, once the node has decided. */
  readonly runAsUser: string | undefined;
  /** Why this user, step by step. */
  readonly decision: Decision;
  /** What the client was told at the end; empty for a normal end. */
  readonly closingOutput: string | undefined;
}
