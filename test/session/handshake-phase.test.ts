import { describe, expect, it } from "vitest";
import {
  type HandshakeEvent,
  type HandshakePhase,
  nextHandshakePhase,
} from "../../emulator/session/handshake-phase.ts";

const events: readonly HandshakeEvent[] = [
  "offered",
  "demanded",
  "client-attached",
  "challenged",
  "completed",
  "failed",
  "data-received",
  "overdue",
];

/** In the order of the events; a dash is a pair that cannot happen. */
const expected: Readonly<Record<HandshakePhase, string>> = {
  unopened: "offered demanded - - - failed - -",
  offered: "- - offered - settling failed open open",
  demanded: "- - demanded challenged settling failed demanded failed",
  challenged: "- - challenged - settling failed challenged failed",
  settling: "- - settling - - - open open",
  open: "- - open - - - open -",
  failed: "- - failed - - - failed -",
};

const pairs = (Object.keys(expected) as HandshakePhase[]).flatMap((phase) =>
  expected[phase].split(" ").map((next, index) => ({ phase, event: events[index] ?? "overdue", next })),
);

describe("nextHandshakePhase", () => {
  it.each(pairs.filter(({ next }) => next !== "-"))("$phase, $event → $next", ({ phase, event, next }) => {
    expect(nextHandshakePhase(phase, event)).toBe(next);
  });

  it.each(pairs.filter(({ next }) => next === "-"))("$phase takes no $event", ({ phase, event }) => {
    expect(() => nextHandshakePhase(phase, event)).toThrow(
      `A handshake that is ${phase} takes no event ${event}`,
    );
  });
});
