import type { EpochMillis } from "../clock.ts";

/** @see agent-behaviour reference, section 3, "Idle message" */
const idleText = "Your session timed out due to inactivity and has been terminated.";
/** @unverified AWS's text is not public; a session that reached its maximum duration would settle it. */
const maxDurationText = "Your session reached its maximum duration and has been terminated.";

/** When a session ends by the clock. @see agent-behaviour reference, section 3 */
export class IdleTimer {
  readonly #idleTimeoutMs: number;
  readonly #endsAt: EpochMillis;
  #lastActiveAt: EpochMillis;

  constructor(options: {
    readonly startedAt: EpochMillis;
    readonly idleTimeoutMs: number;
    /** Undefined: no limit. */
    readonly maxDurationMs: number | undefined;
  }) {
    this.#idleTimeoutMs = options.idleTimeoutMs;
    this.#lastActiveAt = options.startedAt;
    this.#endsAt = options.startedAt + (options.maxDurationMs ?? Number.POSITIVE_INFINITY);
  }

  /** Output or input went through. */
  activity(now: EpochMillis): void {
    this.#lastActiveAt = now;
  }

  nextDeadline(): EpochMillis {
    return Math.min(this.#idleEndsAt, this.#endsAt);
  }

  /** Why the session is over, in words for the client; undefined while it is not. */
  expired(now: EpochMillis): string | undefined {
    if (now < this.nextDeadline()) return undefined;
    return this.#idleEndsAt <= this.#endsAt ? idleText : maxDurationText;
  }

  get #idleEndsAt(): EpochMillis {
    return this.#lastActiveAt + this.#idleTimeoutMs;
  }
}
