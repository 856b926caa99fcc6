import { type Static, Type } from "typebox";
import { type OperationContext, operation } from "../operation.ts";
import { paginate } from "../paginate.ts";
import type { LogGroupRecord, LogStreamRecord } from "../ports/log-records.ts";
import { logsExceptions } from "./shared/exceptions.ts";
import { findLogGroup, logGroupArn } from "./shared/log-group.ts";
import { sequenceToken, streamsOf } from "./shared/log-stream.ts";
import {
  DescribeLimit,
  defaultDescribeLimit,
  LogGroupIdentifier,
  LogGroupName,
  LogStreamName,
  NextToken,
} from "./shared/schemas.ts";

const DescribeLogStreamsRequest = Type.Object({
  logGroupName: Type.Optional(LogGroupName),
  logGroupIdentifier: Type.Optional(LogGroupIdentifier),
  logStreamNamePrefix: Type.Optional(LogStreamName),
  orderBy: Type.Optional(Type.Union([Type.Literal("LogStreamName"), Type.Literal("LastEventTime")])),
  descending: Type.Optional(Type.Boolean()),
  nextToken: Type.Optional(NextToken),
  limit: Type.Optional(DescribeLimit),
});

type Request = Static<typeof DescribeLogStreamsRequest>;

export const describeLogStreams = operation({
  service: "logs",
  name: "DescribeLogStreams",
  input: DescribeLogStreamsRequest,
  handle(input, context) {
    const { logStreamNamePrefix: prefix, orderBy, descending } = input;
    if (orderBy === "LastEventTime" && prefix !== undefined) throw logsExceptions.orderWithPrefix();
    const group = findLogGroup(input, context);
    const { page, nextToken } = paginate(matchingStreams(input, group, context), {
      limit: input.limit ?? defaultDescribeLimit,
      token: input.nextToken,
      scope: JSON.stringify(["DescribeLogStreams", group.name, prefix, orderBy, descending]),
      onBadToken: logsExceptions.badToken,
    });
    return {
      logStreams: page.map((stream) => presentStream(stream, context)),
      ...(nextToken && { nextToken }),
    };
  },
});

/** @unverified Streams without events count as the oldest; a recorded listing by LastEventTime would settle it. */
function matchingStreams(input: Request, group: LogGroupRecord, { state }: OperationContext) {
  const byName = streamsOf(state, group).filter(({ name }) =>
    name.startsWith(input.logStreamNamePrefix ?? ""),
  );
  const ascending =
    input.orderBy === "LastEventTime"
      ? byName.toSorted((a, b) => (a.lastEventAt ?? 0) - (b.lastEventAt ?? 0))
      : byName;
  return input.descending ? ascending.toReversed() : ascending;
}

function presentStream(stream: LogStreamRecord, context: OperationContext): object {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    arn: `${logGroupArn(context, stream.groupName)}:log-stream:${stream.name}`,
    storedBytes: 0,
    ...(stream.lastIngestedAt !== undefined && {
      firstEventTimestamp: stream.firstEventAt,
      lastEventTimestamp: stream.lastEventAt,
      lastIngestionTime: stream.lastIngestedAt,
      uploadSequenceToken: sequenceToken(context.state, stream),
    }),
  };
}
