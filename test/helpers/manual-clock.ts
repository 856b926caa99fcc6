import { AdvanceableClock } from "../../emulator/advanceable-clock.ts";
import type { EpochMillis } from "../../emulator/clock.ts";

/** A clock that stands still until it is told to go on. */
export class ManualClock extends AdvanceableClock {
  constructor(start: EpochMillis = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    super({ now: () => start, at: () => () => {} });
  }

  /** Lets time pass; what is due is called in its order and at its time, also what becomes due meanwhile. */
  override advance(ms: number): Promise<void> {
    return super.advance(ms, settled);
  }
}

/** Every promise that can be settled without time or I/O is settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
