import type { Clock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";
import { delay } from "./delay.ts";
import type { SessionSignals } from "./session-signals.ts";

const roundMs = 20;
const maxRounds = 500;
/** In these rounds processes may still end on the kernel's hangup. */
const hangupRounds = 3;
/** After these, zombies no longer count: a node without an init never reaps them. */
const reapingRounds = 20;

/**
 * Ends a session as the real agent does, which kills only the shell and leaves the rest to the kernel's hangup; then kills
 * all that is left of it.
 * @throws ManagedNodeError
 * @see agent-behaviour reference, section 2.9
 */
export async function endSession(
  signals: SessionSignals,
  clock: Clock,
  session: { readonly leader: number; readonly mark: string },
): Promise<void> {
  await signals.signalLeader("SIGKILL", session.leader, session.mark);
  // A scan can miss a process that is born while its parent dies: only two empty scans in a row count.
  for (let round = 1, emptyScans = 0; round <= maxRounds; round += 1) {
    const states = await signals.signalMarked(round <= hangupRounds ? "0" : "SIGKILL", session.mark);
    const isEmpty = states.every((state) => state === "Z" && round > reapingRounds);
    emptyScans = isEmpty ? emptyScans + 1 : 0;
    if (emptyScans === 2) return;
    if (!isEmpty) await delay(clock, roundMs);
  }
  throw new ManagedNodeError("Processes of an ended session are still running on the node", {
    cause: `killed ${maxRounds} times`,
  });
}
