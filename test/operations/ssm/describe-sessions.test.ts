import { describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../emulator/operations/ports/session-record.ts";
import { describeSessions } from "../../../emulator/operations/ssm/describe-sessions.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { refusal } from "../../helpers/refusal.ts";
import { sessionRecord } from "../../http/admin-options.ts";

const dayMs = 24 * 60 * 60 * 1000;
type Input = Parameters<typeof describeSessions.handle>[0];
type Output = { readonly Sessions: readonly { readonly SessionId: string }[]; readonly NextToken?: string };

function contextWith(...records: readonly Partial<SessionRecord>[]) {
  const context = operationContext();
  for (const record of records.map(sessionRecord)) context.state.sessions.put(record.sessionId, record);
  return context;
}

function list(context: ReturnType<typeof operationContext>, input: Input) {
  const { Sessions, NextToken } = describeSessions.handle(input, context) as Output;
  return { ids: Sessions.map(({ SessionId }) => SessionId), NextToken };
}

const filter = (key: string, value: string): Input => ({ State: "Active", Filters: [{ key, value }] });

describe("DescribeSessions", () => {
  it("tells of a live session what is known", () => {
    expect(describeSessions.handle({ State: "Active" }, contextWith({}))).toEqual({
      Sessions: [
        {
          SessionId: "alice-01",
          Target: "i-0a1b2c3d4e5f60718",
          Status: "Connected",
          StartDate: 1,
          DocumentName: "SSM-SessionManagerRunShell",
          Owner: "arn:aws:iam::000000000000:user/alice",
          OutputUrl: {},
          AccessType: "Standard",
        },
      ],
    });
  });

  it("tells of an ended session when, and why it was started", () => {
    const { now } = operationContext();
    const ended = { status: "Terminated", endedAt: now, reason: "INC-1", maxSessionDuration: "60" } as const;
    expect(describeSessions.handle({ State: "History" }, contextWith(ended))).toMatchObject({
      Sessions: [{ Status: "Terminated", EndDate: now / 1000, Reason: "INC-1", MaxSessionDuration: "60" }],
    });
  });

  it("divides sessions into active ones and those that ended in the last 30 days", () => {
    const { now } = operationContext();
    const context = contextWith(
      { sessionId: "live" },
      { sessionId: "lost", status: "Disconnected" },
      { sessionId: "recent", status: "Terminated", endedAt: now - 30 * dayMs + 1 },
      { sessionId: "failed", status: "Failed", endedAt: now },
      { sessionId: "old", status: "Terminated", endedAt: now - 30 * dayMs },
    );
    expect(list(context, { State: "Active" }).ids.toSorted()).toEqual(["live", "lost"]);
    expect(list(context, { State: "History" }).ids.toSorted()).toEqual(["failed", "recent"]);
  });

  it("lists the newest first, also within a millisecond", () => {
    const context = contextWith({ sessionId: "a" }, { sessionId: "older", startedAt: 1 }, { sessionId: "b" });
    expect(list(context, { State: "Active" }).ids).toEqual(["b", "a", "older"]);
  });

  it.each([
    ["InvokedAfter", "1970-01-01T00:00:02Z", ["second"]],
    ["InvokedBefore", "1970-01-01T00:00:02Z", ["first"]],
    ["Target", "i-2", ["second"]],
    ["Owner", "arn:aws:iam::000000000000:user/bob", ["second"]],
    ["Status", "Disconnected", ["second"]],
    ["SessionId", "first", ["first"]],
    ["AccessType", "Standard", ["second", "first"]],
    ["AccessType", "JustInTime", []],
  ])("filters by %s %s", (key, value, ids) => {
    const context = contextWith(
      { sessionId: "first", startedAt: 1_999 },
      {
        sessionId: "second",
        startedAt: 2_000,
        target: "i-2",
        ownerArn: "arn:aws:iam::000000000000:user/bob",
        status: "Disconnected",
      },
    );
    expect(list(context, filter(key, value)).ids).toEqual(ids);
  });

  it("wants all filters to match", () => {
    const context = contextWith({ sessionId: "a" }, { sessionId: "b", target: "i-2" });
    const Filters = [
      { key: "Target", value: "i-2" },
      { key: "SessionId", value: "a" },
    ];
    expect(list(context, { State: "Active", Filters }).ids).toEqual([]);
  });

  it.each(["Reason", "target", "constructor"])("refuses the filter key %s", (key) => {
    expect(refusal(() => list(contextWith(), filter(key, "x"))).code).toBe("InvalidFilterKey");
  });

  it.each(["InvokedAfter", "InvokedBefore"])("refuses an %s that is no date, sessions or not", (key) => {
    expect(refusal(() => list(contextWith(), filter(key, "yesterday")))).toEqual({
      code: "ValidationException",
      message: "Invalid date filter value: yesterday",
    });
  });

  it("gives out pages, whose tokens hold for the same question only", () => {
    const context = contextWith({ sessionId: "a" }, { sessionId: "b" }, { sessionId: "c" });
    const first = list(context, { State: "Active", MaxResults: 2 });
    expect(first.ids).toEqual(["c", "b"]);
    const NextToken = first.NextToken ?? "";
    const second = list(context, { State: "Active", MaxResults: 2, NextToken });
    expect(second).toEqual({ ids: ["a"], NextToken: undefined });
    for (const other of [
      { State: "History", NextToken } as const,
      { ...filter("Target", "i-2"), NextToken },
    ]) {
      expect(refusal(() => list(context, other)).code).toBe("InvalidNextToken");
    }
  });
});
