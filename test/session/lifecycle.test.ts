import { describe, expect, it } from "vitest";
import { nextStatus, type SessionEvent, type SessionStatus } from "../../emulator/session/lifecycle.ts";

const events: readonly SessionEvent[] = [
  "agent-connected",
  "client-attached",
  "client-lost",
  "start-failed",
  "end-requested",
  "plugin-ended",
  "cleaned-up",
];

/** In the order of the events; a dash is a pair that cannot happen. */
const expected: Readonly<Record<SessionStatus, string>> = {
  Connecting: "Connected Connecting Connecting Failed Terminating - -",
  Connected: "- Connected Disconnected Failed Terminating Terminating -",
  Disconnected: "- Connected - Failed Terminating Terminating -",
  Terminating: "- Terminating Terminating Terminating Terminating Terminating Terminated",
  Terminated: "- Terminated Terminated - - - -",
  Failed: "- Failed Failed - - - -",
};

const pairs = (Object.keys(expected) as SessionStatus[]).flatMap((status) =>
  expected[status].split(" ").map((next, index) => ({ status, event: events[index] ?? "cleaned-up", next })),
);

describe("nextStatus", () => {
  it.each(pairs.filter(({ next }) => next !== "-"))("$status, $event → $next", ({ status, event, next }) => {
    expect(nextStatus(status, event)).toBe(next);
  });

  it.each(pairs.filter(({ next }) => next === "-"))("$status takes no $event", ({ status, event }) => {
    expect(() => nextStatus(status, event)).toThrow(`A session that is ${status} takes no event ${event}`);
  });
});
