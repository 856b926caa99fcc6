import { type Static, Type } from "typebox";
import { type OperationContext, operation } from "../operation.ts";
import { paginate } from "../paginate.ts";
import type { LogEvent, LogGroupRecord, LogStreamRecord } from "../ports/log-records.ts";
import { logsExceptions } from "./shared/exceptions.ts";
import { compileFilterPattern } from "./shared/filter-pattern.ts";
import { findLogGroup } from "./shared/log-group.ts";
import { findLogStream, streamsOf } from "./shared/log-stream.ts";
import {
  defaultEventsLimit,
  EventsLimit,
  LogGroupIdentifier,
  LogGroupName,
  LogStreamName,
  NextToken,
  Timestamp,
} from "./shared/schemas.ts";

const FilterLogEventsRequest = Type.Object({
  logGroupName: Type.Optional(LogGroupName),
  logGroupIdentifier: Type.Optional(LogGroupIdentifier),
  logStreamNames: Type.Optional(Type.Array(LogStreamName, { minItems: 1, maxItems: 100 })),
  logStreamNamePrefix: Type.Optional(LogStreamName),
  startTime: Type.Optional(Timestamp),
  endTime: Type.Optional(Timestamp),
  filterPattern: Type.Optional(Type.String({ maxLength: 1024 })),
  nextToken: Type.Optional(NextToken),
  limit: Type.Optional(EventsLimit),
  interleaved: Type.Optional(Type.Boolean()),
  unmask: Type.Optional(Type.Boolean()),
});

type Request = Static<typeof FilterLogEventsRequest>;

interface FilteredEvent extends LogEvent {
  readonly streamName: string;
}

/** Always interleaved, whatever `interleaved` says. @see CloudWatch Logs API reference, FilterLogEvents */
export const filterLogEvents = operation({
  service: "logs",
  name: "FilterLogEvents",
  input: FilterLogEventsRequest,
  handle(input, context) {
    const group = findLogGroup(input, context);
    const { nextToken: token, limit = defaultEventsLimit, ...filters } = input;
    const { page, nextToken } = paginate(matchingEvents(input, group, context), {
      limit,
      token,
      scope: JSON.stringify(["FilterLogEvents", filters]),
      onBadToken: logsExceptions.badToken,
    });
    return { events: page.map(presentEvent), searchedLogStreams: [], ...(nextToken && { nextToken }) };
  },
});

function matchingEvents(input: Request, group: LogGroupRecord, { state }: OperationContext): FilteredEvent[] {
  const matches = compileFilterPattern(input.filterPattern ?? "");
  const { startTime = 0, endTime = Infinity } = input;
  return searchedStreams(input, group, state)
    .flatMap((stream) =>
      state.logEvents
        .read(stream.groupName, stream.name)
        .filter(
          (event) => event.timestamp >= startTime && event.timestamp <= endTime && matches(event.message),
        )
        .map((event) => ({ ...event, streamName: stream.name })),
    )
    .sort((a, b) => a.timestamp - b.timestamp || (BigInt(a.eventId) < BigInt(b.eventId) ? -1 : 1));
}

function searchedStreams(
  { logStreamNames, logStreamNamePrefix }: Request,
  group: LogGroupRecord,
  state: OperationContext["state"],
): readonly LogStreamRecord[] {
  if (logStreamNames === undefined) {
    return streamsOf(state, group).filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ""));
  }
  if (logStreamNamePrefix !== undefined) throw logsExceptions.streamNamesAndPrefix();
  return [...new Set(logStreamNames)].map((name) => findLogStream(state, group, name));
}

function presentEvent(event: FilteredEvent): object {
  return {
    logStreamName: event.streamName,
    timestamp: event.timestamp,
    message: event.message,
    ingestionTime: event.ingestedAt,
    eventId: event.eventId,
  };
}
