import type { EpochMillis } from "../clock.ts";

const intervalMs = 10_000;
const timeoutMs = 30_000;

/**
 * Shows the peer that we live, and finds out whether it does: every 30 seconds it looks whether a frame has come since
 * the last look, so that a silence ends the session after 30 to 60 seconds.
 * @see data-channel reference, section 10.2; xtaci/smux v1.5.15 `session.go`, keepalive
 */
export class SmuxKeepAlive {
  #nextTurn: EpochMillis;
  #lookedAt: EpochMillis;
  #heardAt: EpochMillis | undefined;

  constructor(now: EpochMillis) {
    this.#nextTurn = now + intervalMs;
    this.#lookedAt = now;
  }

  /** The peer has sent a frame of any kind. */
  heard(now: EpochMillis): void {
    this.#heardAt = now;
  }

  nextDeadline(): EpochMillis {
    return Math.min(this.#nextTurn, this.#lookedAt + timeoutMs);
  }

  /** True when it was time to look, and the peer was silent. */
  findsSilence(now: EpochMillis): boolean {
    if (now < this.#lookedAt + timeoutMs) return false;
    const isSilent = this.#heardAt === undefined || this.#heardAt < this.#lookedAt;
    this.#lookedAt = now;
    return isSilent;
  }

  /** True when it is time to send a keep-alive, once per turn. */
  takeTurn(now: EpochMillis): boolean {
    if (now < this.#nextTurn) return false;
    this.#nextTurn = now + intervalMs;
    return true;
  }
}
