/**
 * How far a client is.
 * `offered`: it was asked, and may go on without an answer.
 * `demanded`: nothing goes on before its answer; from the session's beginning, whether or not a client is there.
 * `challenged`: it is to prove that it has the session's key.
 * `settling`: HandshakeComplete has left, but what came now could be too early for the plugin.
 */
export type HandshakePhase =
  | "unopened"
  | "offered"
  | "demanded"
  | "challenged"
  | "settling"
  | "open"
  | "failed";

export type HandshakeEvent =
  | "offered"
  | "demanded"
  | "client-attached"
  | "challenged"
  | "completed"
  /** The client could not do its part, or the session ends before it has. */
  | "failed"
  /** Input, a flag or a size. Before any answer: a client that does no handshake, as the npm package `ssm-session`. */
  | "data-received"
  /** What the phase waits for did not come in time. */
  | "overdue";

const transitions: Readonly<
  Record<HandshakePhase, Readonly<Partial<Record<HandshakeEvent, HandshakePhase>>>>
> = {
  unopened: { offered: "offered", demanded: "demanded", failed: "failed" },
  offered: {
    "client-attached": "offered",
    completed: "settling",
    failed: "failed",
    "data-received": "open",
    overdue: "open",
  },
  demanded: {
    "client-attached": "demanded",
    challenged: "challenged",
    completed: "settling",
    failed: "failed",
    "data-received": "demanded",
    overdue: "failed",
  },
  challenged: {
    "client-attached": "challenged",
    completed: "settling",
    failed: "failed",
    "data-received": "challenged",
    overdue: "failed",
  },
  settling: { "client-attached": "settling", "data-received": "open", overdue: "open" },
  open: { "client-attached": "open", "data-received": "open" },
  failed: { "client-attached": "failed", "data-received": "failed" },
};

/**
 * The phase after an event.
 * @throws Error when the event cannot happen in this phase
 * @see data-channel reference, section 7
 */
export function nextHandshakePhase(phase: HandshakePhase, event: HandshakeEvent): HandshakePhase {
  const next = transitions[phase][event];
  if (next === undefined) throw new Error(`A handshake that is ${phase} takes no event ${event}`);
  return next;
}
