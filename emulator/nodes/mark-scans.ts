/** `0` is none. */
export type MarkSignal = "0" | "SIGKILL";

export interface MarkedProcess {
  /** As ps and `/proc/PID/stat` have it: R, S, D, T … */
  readonly state: string;
  readonly mark: string;
}

/** Sends a signal to all that carries one of these marks, and returns it. */
export type ScanForMarks = (
  signal: MarkSignal,
  marks: readonly string[],
) => Promise<readonly MarkedProcess[]>;

interface Batch {
  readonly marks: Set<string>;
  readonly result: Promise<readonly MarkedProcess[]>;
}

/** Scans for many marks at once: one goes over all processes of a node, however many marks it is for. */
export class MarkScans {
  readonly #scan: ScanForMarks;
  /** What waits for the scan before it. */
  readonly #waiting = new Map<MarkSignal, Batch>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(scan: ScanForMarks) {
    this.#scan = scan;
  }

  /** The states of the processes that carry the mark, all sent the signal. @throws ManagedNodeError */
  async signal(signal: MarkSignal, mark: string): Promise<string[]> {
    const batch = this.#waiting.get(signal) ?? this.#begin(signal);
    batch.marks.add(mark);
    const found = await batch.result;
    return found.filter((process) => process.mark === mark).map(({ state }) => state);
  }

  #begin(signal: MarkSignal): Batch {
    const marks = new Set<string>();
    const result = this.#last.then(() => {
      this.#waiting.delete(signal);
      return this.#scan(signal, [...marks]);
    });
    this.#last = result.catch(() => undefined);
    const batch = { marks, result };
    this.#waiting.set(signal, batch);
    return batch;
  }
}
