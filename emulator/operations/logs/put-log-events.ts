import { type Static, Type } from "typebox";
import type { EpochMillis } from "../../clock.ts";
import { operation } from "../operation.ts";
import { logsExceptions } from "./shared/exceptions.ts";
import { findLogGroup } from "./shared/log-group.ts";
import { appendLogEvents, findLogStream, sequenceToken } from "./shared/log-stream.ts";
import { LogGroupName, LogStreamName, NextToken, Timestamp } from "./shared/schemas.ts";

const maxBatchBytes = 1_048_576;
/** What each event costs beside its message. */
const eventOverheadBytes = 26;
const hourMs = 3_600_000;
const maxBatchSpanMs = 24 * hourMs;
const maxFutureMs = 2 * hourMs;
const maxAgeMs = 14 * 24 * hourMs;

const InputLogEvents = Type.Array(
  Type.Object({ timestamp: Timestamp, message: Type.String({ minLength: 1 }) }),
  { minItems: 1, maxItems: 10_000 },
);

type InputLogEvents = Static<typeof InputLogEvents>;

/** Sequence tokens are taken and ignored, as the service has done since 2023. */
export const putLogEvents = operation({
  service: "logs",
  name: "PutLogEvents",
  input: Type.Object({
    logGroupName: LogGroupName,
    logStreamName: LogStreamName,
    logEvents: InputLogEvents,
    sequenceToken: Type.Optional(NextToken),
  }),
  handle(input, context) {
    const { state, now } = context;
    const group = findLogGroup({ logGroupName: input.logGroupName }, context);
    const stream = findLogStream(state, group, input.logStreamName);
    refuseBadBatch(input.logEvents);
    const { tooOldEnd, tooNewStart } = acceptedRange(input.logEvents, now);
    appendLogEvents(state, stream, input.logEvents.slice(tooOldEnd, tooNewStart), now);
    const rejected = {
      ...(tooOldEnd > 0 && { tooOldLogEventEndIndex: tooOldEnd }),
      ...(tooNewStart < input.logEvents.length && { tooNewLogEventStartIndex: tooNewStart }),
    };
    const token = sequenceToken(state, stream);
    return {
      ...(token && { nextSequenceToken: token }),
      ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
    };
  },
});

function refuseBadBatch(events: InputLogEvents): void {
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + eventOverheadBytes, 0);
  if (bytes > maxBatchBytes) throw logsExceptions.batchTooLarge(bytes, maxBatchBytes);
  const ordered = events.every((event, index) => event.timestamp >= (events[index - 1]?.timestamp ?? 0));
  if (!ordered) throw logsExceptions.notChronological();
  const spanMs = (events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0);
  if (spanMs > maxBatchSpanMs) throw logsExceptions.batchTooLong();
}

/** Indices into events in order of time: the end of those too old, exclusive, and the start of those too new. */
function acceptedRange(events: InputLogEvents, now: EpochMillis) {
  const indexOr = (index: number) => (index === -1 ? events.length : index);
  return {
    tooOldEnd: indexOr(events.findIndex(({ timestamp }) => timestamp >= now - maxAgeMs)),
    tooNewStart: indexOr(events.findIndex(({ timestamp }) => timestamp > now + maxFutureMs)),
  };
}
