import { describe, expect, it } from "vitest";
import {
  type HandshakeEvent,
  type HandshakePhase,
  handshakeFailure,
  nextHandshakePhase,
  ShellHandshake,
} from "../../emulator/session/shell-handshake.ts";

const events: readonly HandshakeEvent[] = [
  "client-attached",
  "response-succeeded",
  "response-failed",
  "data-received",
  "overdue",
];

/** In the order of the events; a dash is a pair that cannot happen. */
const expected: Readonly<Record<HandshakePhase, string>> = {
  unopened: "requested - - - -",
  requested: "requested awaiting-size failed open open",
  "awaiting-size": "awaiting-size - - open open",
  open: "open - - open -",
  failed: "failed - - failed -",
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

describe("ShellHandshake", () => {
  it("waits for the response, then for the size, then for nothing", () => {
    const handshake = new ShellHandshake({ responsePatienceMs: 2_000, sizePatienceMs: 1_500 });
    expect(handshake.deadline).toBeUndefined();
    handshake.advance("client-attached", 100);
    expect(handshake.deadline).toBe(2_100);
    handshake.advance("response-succeeded", 130);
    expect(handshake.deadline).toBe(1_630);
    expect(handshake.elapsedMs(130)).toBe(30);
    handshake.advance("data-received", 140);
    expect(handshake.deadline).toBeUndefined();
  });

  it("stays as it is after an event that cannot happen", () => {
    const handshake = new ShellHandshake({ responsePatienceMs: 2_000, sizePatienceMs: 1_500 });
    expect(() => handshake.advance("overdue", 0)).toThrow();
    expect(handshake.phase).toBe("unopened");
  });
});

describe("handshakeFailure", () => {
  it("is the agent's sentence about the first action that failed", () => {
    const done = { actionType: "SessionType", status: 1, result: null, error: "" };
    const failed = { actionType: "KMSEncryption", status: 2, result: null, error: "no key" };
    const response = { clientVersion: "1.2.0.0", errors: [] };
    expect(handshakeFailure({ ...response, actions: [done] })).toBeUndefined();
    expect(handshakeFailure({ ...response, actions: [done, failed] })).toBe(
      "Encountered error while initiating handshake. KMSEncryption failed on client with status 2 error: no key",
    );
  });
});
