import type { EpochMillis } from "../clock.ts";
import { actionStatus, type HandshakeResponse } from "../protocol/handshake.ts";

/**
 * How far a shell's client is.
 * `awaiting-size`: HandshakeComplete has left, but output that came now could be too early for the plugin.
 */
export type HandshakePhase = "unopened" | "requested" | "awaiting-size" | "open" | "failed";

export type HandshakeEvent =
  | "client-attached"
  | "response-succeeded"
  | "response-failed"
  /** Input or a size. Before any response: a client that does no handshake, as the npm package `ssm-session`. */
  | "data-received"
  /** What the phase waits for did not come in time. */
  | "overdue";

const transitions: Readonly<
  Record<HandshakePhase, Readonly<Partial<Record<HandshakeEvent, HandshakePhase>>>>
> = {
  unopened: { "client-attached": "requested" },
  requested: {
    "client-attached": "requested",
    "response-succeeded": "awaiting-size",
    "response-failed": "failed",
    "data-received": "open",
    overdue: "open",
  },
  "awaiting-size": { "client-attached": "awaiting-size", "data-received": "open", overdue: "open" },
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

/** The handshake of one session, over all connections of its client. */
export class ShellHandshake {
  readonly #patienceMs: Readonly<Partial<Record<HandshakePhase, number>>>;
  #phase: HandshakePhase = "unopened";
  #deadline: EpochMillis | undefined;
  #requestedAt: EpochMillis = 0;

  constructor(limits: { readonly responsePatienceMs: number; readonly sizePatienceMs: number }) {
    this.#patienceMs = { requested: limits.responsePatienceMs, "awaiting-size": limits.sizePatienceMs };
  }

  get phase(): HandshakePhase {
    return this.#phase;
  }

  /** When the event `overdue` happens. */
  get deadline(): EpochMillis | undefined {
    return this.#deadline;
  }

  /** Milliseconds since the first request. */
  elapsedMs(now: EpochMillis): number {
    return Math.max(0, now - this.#requestedAt);
  }

  /** Enters the phase after the event; a client that is attached anew gets the whole patience again. */
  advance(event: HandshakeEvent, now: EpochMillis): void {
    const from = this.#phase;
    this.#phase = nextHandshakePhase(from, event);
    if (from === "unopened") this.#requestedAt = now;
    if (this.#phase === from && event !== "client-attached") return;
    const patienceMs = this.#patienceMs[this.#phase];
    this.#deadline = patienceMs === undefined ? undefined : now + patienceMs;
  }
}

/** The agent's words for the first action that failed on the client; undefined when none did. */
export function handshakeFailure(response: HandshakeResponse): string | undefined {
  const failed = response.actions.find(({ status }) => status !== actionStatus.success);
  if (failed === undefined) return undefined;
  return `Encountered error while initiating handshake. ${failed.actionType} failed on client with status ${failed.status} error: ${failed.error}`;
}
