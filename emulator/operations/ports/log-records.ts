import type { Tag } from "../../access/principal.ts";
import type { EpochMillis } from "../../clock.ts";

export interface LogGroupRecord {
  readonly name: string;
  readonly createdAt: EpochMillis;
  readonly kmsKeyId: string | undefined;
  readonly logGroupClass: string;
  readonly tags?: readonly Tag[];
}

export interface LogStreamRecord {
  readonly groupName: string;
  readonly name: string;
  readonly createdAt: EpochMillis;
  readonly firstEventAt: EpochMillis | undefined;
  readonly lastEventAt: EpochMillis | undefined;
  readonly lastIngestedAt: EpochMillis | undefined;
}

export interface LogEvent {
  /** Decimal digits, unique within the account, ascending in order of arrival. */
  readonly eventId: string;
  readonly timestamp: EpochMillis;
  readonly ingestedAt: EpochMillis;
  readonly message: string;
}

/** Events by stream; kept apart from the tables because they only ever grow. */
export interface LogEventStore {
  append(groupName: string, streamName: string, events: readonly Omit<LogEvent, "eventId">[]): void;
  /** In order of timestamp, then arrival. */
  read(groupName: string, streamName: string): readonly LogEvent[];
  delete(groupName: string, streamName: string): void;
}

/** Neither name can hold a colon. */
export function logStreamKey(groupName: string, streamName: string): string {
  return `${groupName}:${streamName}`;
}
