import type { EpochMillis } from "../clock.ts";

const intervalMs = 10_000;
const timeoutMs = 30_000;

/** Shows the peer that we live, and finds out whether it does. @see data-channel reference, section 10.2 */
export class SmuxKeepAlive {
  #nextTurn: EpochMillis;
  #heardAt: EpochMillis;

  constructor(now: EpochMillis) {
    this.#nextTurn = now + intervalMs;
    this.#heardAt = now;
  }

  /** The peer has sent a frame of any kind. */
  heard(now: EpochMillis): void {
    this.#heardAt = now;
  }

  /** The next turn or the end of patience, which waits while we are not listening. */
  nextDeadline({ listening }: { readonly listening: boolean }): EpochMillis {
    return listening ? Math.min(this.#nextTurn, this.#heardAt + timeoutMs) : this.#nextTurn;
  }

  isSilent(now: EpochMillis): boolean {
    return now >= this.#heardAt + timeoutMs;
  }

  /** True when it is time to send a keep-alive, once per turn. */
  takeTurn(now: EpochMillis): boolean {
    if (now < this.#nextTurn) return false;
    this.#nextTurn = now + intervalMs;
    return true;
  }
}
