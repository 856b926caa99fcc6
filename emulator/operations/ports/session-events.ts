import type { EpochMillis } from "../../clock.ts";

/** One event of a session's log, in AWS's format; kept whatever the preferences say. */
export interface SessionEvent {
  readonly sessionId: string;
  readonly timestamp: EpochMillis;
  /** The compact JSON object that CloudWatch Logs would show. */
  readonly message: string;
}

export interface SessionEventStore {
  append(event: SessionEvent): void;
  /** In order of arrival; of all sessions without an id. */
  read(sessionId?: string): readonly SessionEvent[];
}
