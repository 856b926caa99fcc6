import type { ProcessExit } from "../agent/managed-node.ts";
import type { Clock } from "../clock.ts";
import type { ManagedNodeError } from "../errors.ts";
import type { MarkedSession } from "./node-processes.ts";

/** How long the end of a process may take to be told once it is gone. */
const endTimeoutMs = 2_000;

/** What a process gives. It is paused at first. */
export interface ProcessOutput {
  onOutput: (bytes: Uint8Array, from: "stdout" | "stderr") => void;
  /** Called once, after the last output; not after {@link close}. */
  onEnd: (end: OutputEnd) => void;
  pause(): void;
  resume(): void;
  close(): void;
}

export type OutputEnd =
  | { readonly type: "ended"; readonly exit: ProcessExit | undefined }
  | { readonly type: "failed"; readonly error: ManagedNodeError };

export interface ProcessRunOptions<Output extends ProcessOutput> {
  readonly output: Output;
  readonly session: MarkedSession;
  readonly leader: number;
  readonly clock: Clock;
}

/** The life of a process, on a terminal or with pipes. */
export abstract class ProcessRun<Output extends ProcessOutput> {
  protected readonly options: ProcessRunOptions<Output>;
  readonly #ended = Promise.withResolvers<void>();
  #isPaused = false;
  #termination: Promise<void> | undefined;

  constructor(options: ProcessRunOptions<Output>) {
    this.options = options;
    options.output.onOutput = (bytes, from) => this.tellOutput(bytes, from);
    options.output.onEnd = (end) => this.#end(end);
    // The caller sets its callbacks and types ahead after its await; the first output may be here already.
    setImmediate(() => {
      this.begin();
      if (!this.#isPaused) options.output.resume();
    });
  }

  pause(): void {
    if (this.#termination !== undefined) return;
    this.#isPaused = true;
    this.options.output.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.options.output.resume();
  }

  /** Output that was not handed over yet is dropped. */
  terminate(): Promise<void> {
    this.#termination ??= this.#terminate();
    return this.#termination;
  }

  /** What the caller wanted to do first has been done. */
  protected begin(): void {}
  protected abstract tellOutput(bytes: Uint8Array, from: "stdout" | "stderr"): void;
  protected abstract tellEnd(end: OutputEnd): void;

  async #terminate(): Promise<void> {
    const { output, session, leader, clock } = this.options;
    output.onOutput = () => {};
    this.resume();
    await session.end(leader);
    const cancel = clock.at(clock.now() + endTimeoutMs, () => {
      output.close();
      this.#end({ type: "ended", exit: undefined });
    });
    await this.#ended.promise;
    cancel();
  }

  #end(end: OutputEnd): void {
    this.#ended.resolve();
    this.tellEnd(end);
  }
}
