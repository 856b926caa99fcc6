import { Type } from "typebox";

/** Members that several operations share, with the limits of the API model. */
export const LogGroupName = Type.String({ minLength: 1, maxLength: 512, pattern: "^[\\.\\-_/#A-Za-z0-9]+$" });

/** Name or ARN of a log group. */
export const LogGroupIdentifier = Type.String({
  minLength: 1,
  maxLength: 2048,
  pattern: "^[\\w#+=/:,.@-]*$",
});

export const LogStreamName = Type.String({ minLength: 1, maxLength: 512, pattern: "^[^:*]*$" });

/** Epoch milliseconds. */
export const Timestamp = Type.Integer({ minimum: 0 });

export const NextToken = Type.String({ minLength: 1 });

/** Most items on a page of groups or streams. */
export const DescribeLimit = Type.Integer({ minimum: 1, maximum: 50 });

export const defaultDescribeLimit = 50;

/** Most events on a page. */
export const EventsLimit = Type.Integer({ minimum: 1, maximum: 10_000 });

export const defaultEventsLimit = 10_000;
