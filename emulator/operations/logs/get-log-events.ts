import { type Static, Type } from "typebox";
import { operation } from "../operation.ts";
import type { LogEvent } from "../ports/log-records.ts";
import { logsExceptions } from "./shared/exceptions.ts";
import { findLogGroup } from "./shared/log-group.ts";
import {
  decodeCursor,
  encodeCursor,
  type LogCursor,
  positionAfter,
  positionBefore,
  streamStart,
} from "./shared/log-position.ts";
import { findLogStream } from "./shared/log-stream.ts";
import {
  defaultEventsLimit,
  EventsLimit,
  LogGroupIdentifier,
  LogGroupName,
  LogStreamName,
  NextToken,
  Timestamp,
} from "./shared/schemas.ts";

const GetLogEventsRequest = Type.Object({
  logGroupName: Type.Optional(LogGroupName),
  logGroupIdentifier: Type.Optional(LogGroupIdentifier),
  logStreamName: LogStreamName,
  startTime: Type.Optional(Timestamp),
  endTime: Type.Optional(Timestamp),
  nextToken: Type.Optional(NextToken),
  limit: Type.Optional(EventsLimit),
  startFromHead: Type.Optional(Type.Boolean()),
  unmask: Type.Optional(Type.Boolean()),
});

/** There is always a token both ways; the end is where the token sent comes back. */
export const getLogEvents = operation({
  service: "logs",
  name: "GetLogEvents",
  input: GetLogEventsRequest,
  handle(input, context) {
    const { state } = context;
    const stream = findLogStream(state, findLogGroup(input, context), input.logStreamName);
    const cursor = cursorOf(input);
    // The end is exclusive here, other than in FilterLogEvents.
    const inTime = state.logEvents
      .read(stream.groupName, stream.name)
      .filter(
        ({ timestamp }) => timestamp >= (input.startTime ?? 0) && timestamp < (input.endTime ?? Infinity),
      );
    const events = eventsFrom(cursor, inTime, input);
    const [first, last] = [events[0], events.at(-1)];
    const fallback = cursor?.position ?? streamStart;
    return {
      events: events.map(({ timestamp, message, ingestedAt }) => ({
        timestamp,
        message,
        ingestionTime: ingestedAt,
      })),
      nextForwardToken: encodeCursor({
        direction: "forward",
        position: last ? positionAfter(last) : fallback,
      }),
      nextBackwardToken: encodeCursor({
        direction: "backward",
        position: first ? positionBefore(first) : fallback,
      }),
    };
  },
});

function cursorOf(input: Static<typeof GetLogEventsRequest>): LogCursor | undefined {
  if (input.nextToken === undefined) return undefined;
  const cursor = decodeCursor(input.nextToken);
  if (cursor === undefined) throw logsExceptions.badToken();
  return cursor;
}

/** The events nearest to the cursor in its direction, or to the end of the stream asked for. */
function eventsFrom(
  cursor: LogCursor | undefined,
  events: readonly LogEvent[],
  { limit = defaultEventsLimit, startFromHead = false }: Static<typeof GetLogEventsRequest>,
): readonly LogEvent[] {
  if (cursor === undefined) return startFromHead ? events.slice(0, limit) : events.slice(-limit);
  return cursor.direction === "forward"
    ? events.filter((event) => positionAfter(event) > cursor.position).slice(0, limit)
    : events.filter((event) => positionAfter(event) <= cursor.position).slice(-limit);
}
