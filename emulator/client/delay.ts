import type { Clock } from "../clock.ts";

/** Resolves after the time, or at once when `signal` is aborted. */
export function delay(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.at(clock.now() + ms, done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
