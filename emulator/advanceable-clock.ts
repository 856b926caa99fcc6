import type { Clock, EpochMillis } from "./clock.ts";
import { ConfigError } from "./errors.ts";

/** The furthest that one call puts a clock forward: 400 days, in milliseconds. */
export const maxAdvanceMs = 400 * 24 * 60 * 60_000;
/** Callbacks that one call makes, and how long it takes by the base; it is more when a shell prints without end. */
const maxCallbacks = 100_000;
const maxRealMs = 30_000;

interface Timer {
  readonly deadline: EpochMillis;
  readonly callback: () => void;
  disarm: () => void;
}

/**
 * A clock that runs as its base does, and that can be put forward. Only what the emulator's own rules say may be timed by
 * it. What waits for a client, a node or another program goes by the base: they do not live faster.
 */
export class AdvanceableClock implements Clock {
  readonly #base: Clock;
  readonly #timers = new Set<Timer>();
  #offsetMs = 0;
  /** While time is put forward it goes from deadline to deadline, and stands still at each. */
  #stoppedAt: EpochMillis | undefined;
  #lastChange: Promise<void> = Promise.resolve();

  constructor(base: Clock) {
    this.#base = base;
  }

  /** How far it is ahead of its base, in milliseconds: the sum of all that it was put forward. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Timers that were neither called nor cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): EpochMillis {
    return this.#stoppedAt ?? this.#base.now() + this.#offsetMs;
  }

  at(deadline: EpochMillis, callback: () => void): () => void {
    const timer = { deadline, callback, disarm: () => {} };
    this.#timers.add(timer);
    if (this.#stoppedAt === undefined) this.#arm(timer);
    return () => this.#remove(timer);
  }

  /**
   * Puts the clock forward. What becomes due is called in the order of the deadlines and at its time, also what becomes
   * due meanwhile; after each call time stands still until `settled` resolves. Calls wait for one another.
   * @throws ConfigError when `ms` is not a whole number from 0 to {@link maxAdvanceMs}, or when too much becomes due
   * @throws whatever a callback or `settled` throws; after any of these time goes on from where it was
   */
  async advance(ms: number, settled: () => Promise<void>): Promise<void> {
    if (!Number.isInteger(ms) || ms < 0 || ms > maxAdvanceMs) {
      throw new ConfigError(
        `The clock takes a whole number of milliseconds from 0 to ${maxAdvanceMs} (400 days), found ${ms}`,
      );
    }
    await this.#inTurn(() => this.#advance(ms, settled));
  }

  /** Goes back to its base's time. Deadlines stay what they are. */
  async reset(): Promise<void> {
    await this.#inTurn(async () => this.#runFrom(0));
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#lastChange.then(change);
    this.#lastChange = changed.catch(() => {});
    return changed;
  }

  async #advance(ms: number, settled: () => Promise<void>): Promise<void> {
    await settled();
    const offsetMs = this.#offsetMs + ms;
    let time = this.now();
    this.#stoppedAt = time;
    for (const timer of this.#timers) timer.disarm();
    // The base runs on while there is waiting, and the end with it.
    const next = () => this.#firstUntil(this.#base.now() + offsetMs);
    try {
      const begunAt = this.#base.now();
      let calls = 0;
      for (let timer = next(); timer !== undefined; timer = next()) {
        if (++calls > maxCallbacks || this.#base.now() - begunAt > maxRealMs) throw endless(time);
        time = Math.max(time, timer.deadline);
        this.#stoppedAt = time;
        this.#timers.delete(timer);
        timer.callback();
        await settled();
      }
      this.#runFrom(offsetMs);
    } catch (error) {
      this.#runFrom(Math.max(this.#offsetMs, time - this.#base.now()));
      throw error;
    }
  }

  #runFrom(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#stoppedAt = undefined;
    for (const timer of this.#timers) {
      timer.disarm();
      this.#arm(timer);
    }
  }

  #arm(timer: Timer): void {
    timer.disarm = this.#base.at(timer.deadline - this.#offsetMs, () => {
      this.#timers.delete(timer);
      timer.callback();
    });
  }

  #remove(timer: Timer): void {
    timer.disarm();
    this.#timers.delete(timer);
  }

  /** Of timers that are due at once, the one that was set first. */
  #firstUntil(end: EpochMillis): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.deadline <= end && (first === undefined || timer.deadline < first.deadline)) first = timer;
    }
    return first;
  }
}

function endless(time: EpochMillis): ConfigError {
  const reached = new Date(time).toISOString();
  return new ConfigError(
    `The clock stopped at ${reached}: too much became due on the way. Does a shell print without end?`,
  );
}
