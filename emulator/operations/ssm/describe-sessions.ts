import { type Static, Type } from "typebox";
import type { EpochMillis } from "../../clock.ts";
import { ServiceException } from "../../errors.ts";
import { operation } from "../operation.ts";
import type { SessionRecord } from "../ports/session-record.ts";
import { parseFilterDate } from "./shared/filter-date.ts";
import { hasEnded } from "./shared/session-state.ts";
import { ssmPage } from "./shared/ssm-page.ts";

const historyMs = 30 * 24 * 60 * 60 * 1000;
const defaultPageSize = 200;

const Filter = Type.Object({ key: Type.String(), value: Type.String({ minLength: 1, maxLength: 400 }) });

/**
 * Live sessions, or those that ended in the last 30 days, newest first.
 * @see API_DescribeSessions; aws-api reference, section 2.1
 */
export const describeSessions = operation({
  service: "ssm",
  name: "DescribeSessions",
  input: Type.Object({
    State: Type.Union([Type.Literal("Active"), Type.Literal("History")]),
    MaxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    NextToken: Type.Optional(Type.String()),
    Filters: Type.Optional(Type.Array(Filter, { minItems: 1, maxItems: 6 })),
  }),
  handle(input, { state, now }) {
    const filters = (input.Filters ?? []).map(toPredicate);
    const sessions = [...state.sessions.values()]
      .filter((session) => belongsTo(input.State, session, now))
      .filter((session) => filters.every((matches) => matches(session)))
      .reverse()
      .sort((a, b) => b.startedAt - a.startedAt);
    const { page, rest } = ssmPage(sessions, {
      input,
      defaultSize: defaultPageSize,
      scope: ["DescribeSessions", input.State, input.Filters],
    });
    return { Sessions: page.map(toItem), ...rest };
  },
});

function belongsTo(state: "Active" | "History", session: SessionRecord, now: EpochMillis): boolean {
  if (state === "Active") return !hasEnded(session);
  return session.endedAt !== undefined && session.endedAt > now - historyMs;
}

type Predicate = (session: SessionRecord) => boolean;

const predicates: Readonly<Record<string, (value: string) => Predicate>> = {
  InvokedAfter: (value) => startedIn(parseFilterDate(value), Number.POSITIVE_INFINITY),
  InvokedBefore: (value) => startedIn(Number.NEGATIVE_INFINITY, parseFilterDate(value)),
  Target: (value) => (session) => session.target === value,
  Owner: (value) => (session) => session.ownerArn === value,
  Status: (value) => (session) => session.status === value,
  SessionId: (value) => (session) => session.sessionId === value,
  AccessType: (value) => () => value === "Standard",
};

function toPredicate({ key, value }: Static<typeof Filter>): Predicate {
  const predicate = Object.hasOwn(predicates, key) ? predicates[key] : undefined;
  if (predicate === undefined) throw new ServiceException("InvalidFilterKey");
  return predicate(value);
}

/** From `start` on, and before `end`. */
function startedIn(start: EpochMillis, end: EpochMillis): Predicate {
  return ({ startedAt }) => startedAt >= start && startedAt < end;
}

function toItem(session: SessionRecord) {
  return {
    SessionId: session.sessionId,
    Target: session.target,
    Status: session.status,
    StartDate: session.startedAt / 1000,
    ...(session.endedAt !== undefined && { EndDate: session.endedAt / 1000 }),
    DocumentName: session.documentName,
    Owner: session.ownerArn,
    ...(session.reason !== undefined && { Reason: session.reason }),
    OutputUrl: {},
    ...(session.maxSessionDuration !== undefined && { MaxSessionDuration: session.maxSessionDuration }),
    AccessType: "Standard",
  };
}
