/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = number;

/** The one source of time and timers; tests put a hand-driven one in its place. */
export interface Clock {
  now(): EpochMillis;
  /** Calls `callback` once at or after `deadline`. Calling the result cancels it. */
  at(deadline: EpochMillis, callback: () => void): () => void;
}

/** Node's largest timer delay; longer waits are split. */
const maxDelayMs = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  at(deadline, callback) {
    let timer: NodeJS.Timeout;
    const wait = () => {
      timer = setTimeout(onTimer, Math.min(Math.max(0, deadline - Date.now()), maxDelayMs));
    };
    // Timers do not run by this clock, and may be a millisecond early.
    const onTimer = () => (Date.now() < deadline ? wait() : callback());
    wait();
    return () => clearTimeout(timer);
  },
};
