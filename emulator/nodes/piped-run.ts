import type { PipedProcess, ProcessExit } from "../agent/managed-node.ts";
import { type OutputEnd, type ProcessOutput, ProcessRun, type ProcessRunOptions } from "./process-run.ts";

export interface PipedRunOptions extends ProcessRunOptions<ProcessOutput> {
  /** Harmless when the process has ended. */
  readonly signal: (name: "SIGINT" | "SIGQUIT") => Promise<void>;
}

/** A process with pipes for its output. */
export class PipedRun extends ProcessRun<ProcessOutput> implements PipedProcess {
  onOutput: (bytes: Uint8Array, from: "stdout" | "stderr") => void = () => {};
  onEnd: (exit: ProcessExit) => void = () => {};
  readonly #signal: PipedRunOptions["signal"];

  constructor(options: PipedRunOptions) {
    super(options);
    this.#signal = options.signal;
  }

  async signal(name: "SIGINT" | "SIGQUIT"): Promise<void> {
    await this.#signal(name);
  }

  protected tellOutput(bytes: Uint8Array, from: "stdout" | "stderr"): void {
    this.onOutput(bytes, from);
  }

  /** Of what cannot be told everything is killed. */
  protected tellEnd(end: OutputEnd): void {
    const exit = end.type === "ended" ? end.exit : undefined;
    this.onEnd(exit ?? { type: "killed", signal: "SIGKILL" });
  }
}
