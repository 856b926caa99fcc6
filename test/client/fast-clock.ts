import { type Clock, systemClock } from "../../emulator/clock.ts";

/** The system's time, so many times as fast: waits are short, and still in proportion to what really takes time. */
export function fastClock(factor = 20): Clock & { readonly pending: number } {
  const startedAt = systemClock.now();
  const pending = new Set<() => void>();
  return {
    get pending() {
      return pending.size;
    },
    now: () => startedAt + (systemClock.now() - startedAt) * factor,
    at(deadline, callback) {
      const cancelTimer = systemClock.at(startedAt + Math.ceil((deadline - startedAt) / factor), () => {
        pending.delete(cancel);
        callback();
      });
      const cancel = () => {
        cancelTimer();
        pending.delete(cancel);
      };
      pending.add(cancel);
      return cancel;
    },
  };
}
