import { type Clock, type EpochMillis, systemClock } from "../../emulator/clock.ts";

interface Timer {
  readonly deadline: EpochMillis;
  readonly callback: () => void;
  cancel: () => void;
}

/** The system's clock, which a test can put forward. */
export class HastyClock implements Clock {
  readonly #timers = new Set<Timer>();
  #aheadMs = 0;

  now(): EpochMillis {
    return systemClock.now() + this.#aheadMs;
  }

  at(deadline: EpochMillis, callback: () => void): () => void {
    const timer = { deadline, callback, cancel: () => {} };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  putForward(ms: number): void {
    this.#aheadMs += ms;
    for (const timer of this.#timers) {
      timer.cancel();
      this.#arm(timer);
    }
  }

  #arm(timer: Timer): void {
    timer.cancel = systemClock.at(timer.deadline - this.#aheadMs, () => {
      this.#timers.delete(timer);
      timer.callback();
    });
  }
}
