import type { Clock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";
import { HeldOutput } from "./held-output.ts";
import { nodeError } from "./node-error.ts";
import type { ExecCommand, NodeExec, NodeProgram } from "./node-exec.ts";
import type { OutputEnd, ProcessOutput } from "./process-run.ts";

/** Starts are queued by the engine: hundreds at once take a while. */
const startTimeoutMs = 60_000;
const maxComplaintLength = 1_000;

export interface ExecPipesOptions {
  readonly exec: NodeExec;
  readonly clock: Clock;
  /** Its words say their process id in the first line of their output; see exec-command.ts. */
  readonly command: ExecCommand;
}

/** A process without a terminal that an engine's exec has started. */
export class ExecPipes implements ProcessOutput {
  onOutput: (bytes: Uint8Array, from: "stdout" | "stderr") => void = () => {};
  onEnd: (end: OutputEnd) => void = () => {};
  readonly #program: NodeProgram;
  readonly #held = new HeldOutput();
  readonly #leader = Promise.withResolvers<number>();
  #complaint = "";
  /** Standard error that has overtaken the first line of the output: an engine passes on each by itself. */
  #early: Buffer[] = [];
  #hasLeader = false;

  /** @throws ManagedNodeError */
  static async open({
    exec,
    clock,
    command,
  }: ExecPipesOptions): Promise<{ readonly pipes: ExecPipes; readonly leader: number }> {
    try {
      const pipes = new ExecPipes(await exec.start(command));
      return { pipes, leader: await pipes.#begin(clock) };
    } catch (cause) {
      throw nodeError("The engine could not start a process", cause);
    }
  }

  private constructor(program: NodeProgram) {
    this.#program = program;
    program.onOutput = (piece, from) => this.#receive(piece, from);
    program.onEnd = () => this.#end();
  }

  write(bytes: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#program.input.write(bytes, (cause) => {
      if (cause) reject(new ManagedNodeError("It has ended", { cause }));
      else resolve();
    });
    return promise;
  }

  /** Ends the input; resolves when all of it has left. */
  finish(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#program.input.end(() => resolve());
    return promise;
  }

  pause(): void {
    this.#held.pause();
    this.#program.pause();
  }

  resume(): void {
    this.#held.resume();
    this.#program.resume();
  }

  close(): void {
    this.onEnd = () => {};
    this.#program.destroy();
  }

  async #begin(clock: Clock): Promise<number> {
    const cancel = clock.at(clock.now() + startTimeoutMs, () => {
      this.#leader.reject(new Error("it did not start in time"));
    });
    try {
      return await this.#leader.promise;
    } catch (cause) {
      this.#program.destroy();
      throw cause;
    } finally {
      cancel();
    }
  }

  #receive(piece: Buffer, from: "stdout" | "stderr"): void {
    if (this.#hasLeader) {
      this.#held.put(() => this.onOutput(piece, from));
      return;
    }
    const [line, leader] = (from === "stdout" && /^(\d+)\n/.exec(piece.toString("latin1"))) || [];
    if (line === undefined) {
      if (from === "stderr") this.#early.push(piece);
      this.#complaint = (this.#complaint + piece.toString("latin1")).slice(0, maxComplaintLength);
      return;
    }
    this.#hasLeader = true;
    this.#leader.resolve(Number(leader));
    this.#program.pause();
    for (const early of this.#early.splice(0)) this.#held.put(() => this.onOutput(early, "stderr"));
    const rest = piece.subarray(line.length);
    if (rest.length > 0) this.#held.put(() => this.onOutput(rest, from));
  }

  #end(): void {
    const complaint = this.#complaint.replaceAll(/[^ -~]+/g, " ").trim();
    this.#leader.reject(new Error(complaint || "it ended at once"));
    void this.#program.exit().then((exit) => this.#held.put(() => this.onEnd({ type: "ended", exit })));
  }
}
