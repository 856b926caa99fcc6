import type { Clock, EpochMillis } from "../../emulator/clock.ts";

interface Entry {
  readonly deadline: EpochMillis;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now: EpochMillis;
  readonly #entries = new Set<Entry>();

  constructor(now: EpochMillis = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    this.#now = now;
  }

  now(): EpochMillis {
    return this.#now;
  }

  at(deadline: EpochMillis, callback: () => void): () => void {
    const entry = { deadline, callback };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** Timers that were neither called nor cancelled. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Lets time pass; what is due is called in its order and at its time, also what becomes due meanwhile. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#now = Math.max(this.#now, next.deadline);
      this.#entries.delete(next);
      next.callback();
      await settled();
    }
    this.#now = end;
  }

  #nextUntil(end: EpochMillis): Entry | undefined {
    const due = [...this.#entries].filter(({ deadline }) => deadline <= end);
    return due.reduce<Entry | undefined>(
      (first, entry) => (first !== undefined && first.deadline <= entry.deadline ? first : entry),
      undefined,
    );
  }
}

/** Every promise that can be settled without time or I/O is settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
