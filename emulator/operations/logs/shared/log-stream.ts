import type { EpochMillis } from "../../../clock.ts";
import type { AccountState } from "../../ports/account-state.ts";
import { type LogGroupRecord, type LogStreamRecord, logStreamKey } from "../../ports/log-records.ts";
import { logsExceptions } from "./exceptions.ts";

/** @throws ServiceException ResourceNotFoundException */
export function findLogStream(
  state: AccountState,
  group: LogGroupRecord,
  streamName: string,
): LogStreamRecord {
  const stream = state.logStreams.get(logStreamKey(group.name, streamName));
  if (stream === undefined) throw logsExceptions.streamMissing();
  return stream;
}

/** The group's streams, sorted by name. */
export function streamsOf(state: AccountState, group: LogGroupRecord): readonly LogStreamRecord[] {
  return [...state.logStreams.values()]
    .filter((stream) => stream.groupName === group.name)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Removes the stream with its events. */
export function deleteStream(state: AccountState, stream: LogStreamRecord): void {
  state.logEvents.delete(stream.groupName, stream.name);
  state.logStreams.delete(logStreamKey(stream.groupName, stream.name));
}

/** Writes events and brings the stream's record up to date; an empty list changes nothing. */
export function appendLogEvents(
  state: AccountState,
  stream: LogStreamRecord,
  events: readonly { readonly timestamp: EpochMillis; readonly message: string }[],
  now: EpochMillis,
): void {
  if (events.length === 0) return;
  const timestamps = events.map((event) => event.timestamp);
  state.logEvents.append(
    stream.groupName,
    stream.name,
    events.map(({ timestamp, message }) => ({ timestamp, message, ingestedAt: now })),
  );
  state.logStreams.put(logStreamKey(stream.groupName, stream.name), {
    ...stream,
    firstEventAt: timestamps.reduce((a, b) => Math.min(a, b), stream.firstEventAt ?? Infinity),
    lastEventAt: timestamps.reduce((a, b) => Math.max(a, b), stream.lastEventAt ?? 0),
    lastIngestedAt: now,
  });
}

/** A token as the service still hands it out; nobody has to send it back. Undefined before the first write. */
export function sequenceToken(state: AccountState, stream: LogStreamRecord): string | undefined {
  return state.logEvents.read(stream.groupName, stream.name).at(-1)?.eventId;
}
