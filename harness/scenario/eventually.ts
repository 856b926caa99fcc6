import { setTimeout as delay } from "node:timers/promises";
import type { EmulatorHandle } from "../emulator-handle.ts";
import { StepFailure } from "./step-failure.ts";

/** Between two looks at what tells nobody when it changes. */
const intervalMs = 20;
/** How long a step waits for what is on its way. */
export const patienceMs = 5_000;

/** The steps in which the emulator's clock goes forward meanwhile. */
const clockStepMs = 1_000;
/** For what a due timer has begun on a node. */
const settlingMs = 1_000;

/**
 * Looks again until it is as expected; in between the emulator's clock goes forward, for what is due by then to happen.
 * @throws StepFailure, the last one, when it is not in time
 */
export async function inDueTime<Value>(
  look: () => Promise<Value>,
  emulator: Pick<EmulatorHandle, "advance">,
): Promise<Value> {
  for (let passedMs = 0; passedMs < patienceMs; passedMs += clockStepMs) {
    const seen = await look().then(
      (value) => ({ value }),
      (error: unknown) => {
        if (error instanceof StepFailure) return undefined;
        throw error;
      },
    );
    if (seen !== undefined) return seen.value;
    await emulator.advance(clockStepMs);
  }
  return await eventually(look, settlingMs);
}

/** Looks again until it is as expected. @throws StepFailure, the last one, when it is not in time */
export async function eventually<Value>(
  look: () => Promise<Value>,
  timeoutMs: number = patienceMs,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof StepFailure) || performance.now() >= deadline) throw error;
      await delay(intervalMs);
    }
  }
}
