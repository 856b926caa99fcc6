import type { Clock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";

/** What a node is doing, which it does in real time; by the id of what it does it for. */
export type Busy = readonly (readonly [id: string, task: { settled(): Promise<void> }])[];

/** A node that takes longer to start or end something does not answer. */
const maxSettlingMs = 30_000;

/**
 * Resolves when none of what `busy` names is starting or ending, nor what begins meanwhile.
 * @throws ManagedNodeError when that takes more than 30 seconds
 */
export async function untilSettled(realClock: Clock, busy: () => Busy): Promise<void> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const cancel = realClock.at(realClock.now() + maxSettlingMs, () => reject(unsettled(busy())));
  try {
    for (;;) {
      // What a timer sets off begins in promises: a turn of the event loop lets them show.
      await Promise.race([overdue, turn()]);
      const tasks = busy();
      if (tasks.length === 0) return;
      await Promise.race([overdue, Promise.all(tasks.map(([, task]) => task.settled()))]);
    }
  } finally {
    cancel();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function unsettled(busy: Busy): ManagedNodeError {
  const ids = [...new Set(busy.map(([id]) => id))].join(", ");
  return new ManagedNodeError(`The node is not done with starting or ending ${ids}`, {
    cause: `waited ${maxSettlingMs / 1_000} s`,
  });
}
