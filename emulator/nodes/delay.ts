import type { Clock } from "../clock.ts";

/** Resolves after some milliseconds of a clock. */
export function delay(clock: Clock, milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.at(clock.now() + milliseconds, resolve);
  return promise;
}
