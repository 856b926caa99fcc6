import type { Clock } from "../clock.ts";
import { endSession } from "./end-session.ts";
import type { MarkedSession } from "./node-processes.ts";
import type { SessionMarks } from "./session-mark.ts";
import type { SessionSignals } from "./session-signals.ts";

export interface MarkedSessionsOptions {
  readonly signals: SessionSignals;
  readonly marks: SessionMarks;
  readonly clock: Clock;
  /** Whether the node's container runs. */
  readonly isRunning: () => Promise<boolean>;
}

interface Terminable {
  terminate(): Promise<void>;
}

/** Everything with a mark that was started on a node and has not been ended yet. */
export class MarkedSessions {
  readonly #options: MarkedSessionsOptions;
  readonly #running = new Map<string, Terminable>();

  constructor(options: MarkedSessionsOptions) {
    this.#options = options;
  }

  /** Opens something with a mark; what is left of it when that fails is ended. @throws ManagedNodeError */
  async open<Process extends Terminable>(
    open: (session: MarkedSession) => Promise<Process>,
  ): Promise<Process> {
    const mark = this.#options.marks.take();
    let ending: Promise<void> | undefined;
    const session: MarkedSession = {
      mark,
      end: (leader) => {
        ending ??= this.#end(leader, mark);
        return ending;
      },
      signal: (leader, name) => this.#options.signals.signalLeader(name, leader, mark),
    };
    try {
      const process = await open(session);
      this.#running.set(mark, process);
      return process;
    } catch (cause) {
      await session.end(0).catch(() => undefined);
      throw cause;
    }
  }

  async terminateAll(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map((process) => process.terminate()));
  }

  async #end(leader: number, mark: string): Promise<void> {
    const { signals, clock, marks, isRunning } = this.#options;
    try {
      await endSession(signals, clock, { leader, mark });
    } catch {
      // The channel may have been among what somebody killed on the node; it is opened anew.
      if (await isRunning()) await endSession(signals, clock, { leader, mark });
    }
    this.#running.delete(mark);
    marks.release(mark);
  }
}
