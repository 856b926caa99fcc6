import type { Clock, EpochMillis } from "../../clock.ts";
import { ManagedNodeError } from "../../errors.ts";
import { programFailure } from "../failure-texts.ts";
import type { ManagedNode, PipedProcess, PipedProcessOptions } from "../managed-node.ts";
import { KeptOutput } from "./script-output.ts";
import { type ScriptEnd, type ScriptResult, scriptResult } from "./script-result.ts";

export interface ScriptRunOptions {
  readonly node: Pick<ManagedNode, "openProcess">;
  readonly process: PipedProcessOptions;
  readonly executionTimeoutMs: number;
  /** By which the script may run so long. */
  readonly clock: Clock;
  readonly realClock: Clock;
  /** Called once, unless the run is abandoned. Of a script that was stopped nothing is left by then. */
  readonly onResult: (result: ScriptResult, endedAt: EpochMillis) => void;
  readonly onError: (error: unknown) => void;
}

/** A node that stops kills its scripts some time before it is known to be gone. */
const nodeLossGraceMs = 1_000;

/** Where Amazon Linux has the shell that the agent finds by its PATH. */
const shellPath = "/usr/bin/sh";

/** One script on one node, from its start until nothing of it is left. */
export class ScriptRun {
  readonly #options: ScriptRunOptions;
  readonly #output = { stdout: new KeptOutput(), stderr: new KeptOutput() };
  readonly #cancelTimeout: () => void;
  /** Settles when the script runs, or cannot. */
  readonly #starting: Promise<PipedProcess | undefined>;
  #hasStarted = false;
  /** Since its end is decided: until nothing of it is left. */
  #ending: Promise<void> | undefined;
  #hasEnded = false;
  #isAbandoned = false;
  /** Ends the wait for what is behind a kill. */
  #endGrace: (() => void) | undefined;

  constructor(options: ScriptRunOptions) {
    this.#options = options;
    const { clock, executionTimeoutMs } = options;
    const timeOut = () => this.#end({ type: "stopped", state: "ExecutionTimedOut" });
    this.#cancelTimeout = clock.at(clock.now() + executionTimeoutMs, timeOut);
    this.#starting = this.#start();
  }

  /** True while it is starting or ending, which the node does in real time. */
  get isBusy(): boolean {
    return !this.#hasStarted || (this.#ending !== undefined && !this.#hasEnded);
  }

  /** True when no result is to come. */
  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** Resolves when what makes it busy is over. */
  async settled(): Promise<void> {
    await this.#starting;
    await this.#ending;
  }

  cancel(): void {
    this.#end({ type: "stopped", state: "Cancelled" });
  }

  /** Ends it without a result, unless that is decided: nobody is to hear of it. */
  abandon(): void {
    if (this.#ending !== undefined && this.#endGrace === undefined) return;
    this.#isAbandoned = true;
    this.#endGrace?.();
    this.#cancelTimeout();
    this.#ending ??= this.#cleanUp();
  }

  async #start(): Promise<PipedProcess | undefined> {
    const { node, process: options, onError } = this.#options;
    try {
      const process = await node.openProcess(options);
      process.onOutput = (bytes, from) => {
        if (this.#ending === undefined) this.#output[from].put(bytes);
      };
      process.onEnd = (exit) => this.#end(exit);
      return process;
    } catch (error) {
      if (!(error instanceof ManagedNodeError)) onError(error);
      this.#end({ type: "not-started", reason: startFailure(error) });
      return undefined;
    } finally {
      this.#hasStarted = true;
    }
  }

  /** The first end counts. One that came by itself is told at once, any other when all of the script is killed. */
  #end(end: ScriptEnd): void {
    if (this.#ending !== undefined) return;
    this.#cancelTimeout();
    const { stdout, stderr } = this.#output;
    const result = scriptResult(end, stdout.bytes(), stderr.bytes());
    const endedAt = this.#options.clock.now();
    const tell = () => this.#options.onResult(result, endedAt);
    if (end.type === "killed") this.#ending = this.#outliveNode(tell);
    else if (end.type === "stopped") this.#ending = this.#cleanUp().then(tell);
    else {
      this.#ending = this.#cleanUp();
      tell();
    }
  }

  /** Tells of a kill once it is clear that it was not the end of the node. */
  async #outliveNode(tell: () => void): Promise<void> {
    const { realClock } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = realClock.at(realClock.now() + nodeLossGraceMs, resolve);
    this.#endGrace = resolve;
    await promise;
    cancel();
    this.#endGrace = undefined;
    if (!this.#isAbandoned) tell();
    await this.#cleanUp();
  }

  async #cleanUp(): Promise<void> {
    try {
      const process = await this.#starting;
      await process?.terminate();
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#hasEnded = true;
    }
  }
}

/** A missing working directory shows as the shell's fault, as Go tells it. */
function startFailure(error: unknown): string {
  if (!(error instanceof ManagedNodeError)) return "the node could not start it";
  return error.code === undefined ? error.message : programFailure(shellPath, error.code);
}
