import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import type { ProcessExit } from "../../agent/managed-node.ts";
import type { Clock } from "../../clock.ts";
import { ManagedNodeError } from "../../errors.ts";
import { engineOutput } from "./engine-output.ts";
import { exitOfStatus } from "./exit-of-status.ts";
import { HeldOutput } from "./held-output.ts";
import { nodeError } from "./node-error.ts";
import type { OutputEnd, ProcessOutput } from "./process-run.ts";

/** Starts are queued by the engine: hundreds at once take a while. */
const startTimeoutMs = 60_000;
const maxComplaintLength = 1_000;

export interface ExecPipesOptions {
  readonly container: Docker.Container;
  readonly clock: Clock;
  /** Says its process id in the first line of its output; see exec-command.ts. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly input: "none" | "pipe";
}

/** A process without a terminal that an exec of the engine's has started. */
export class ExecPipes implements ProcessOutput {
  onOutput: (bytes: Uint8Array, from: "stdout" | "stderr") => void = () => {};
  onEnd: (end: OutputEnd) => void = () => {};
  readonly #exec: Docker.Exec;
  readonly #stream: Duplex;
  readonly #held = new HeldOutput();
  readonly #leader = Promise.withResolvers<number>();
  #firstLine = "";
  #hasLeader = false;
  #hasEnded = false;

  /** @throws ManagedNodeError */
  static async open(
    options: ExecPipesOptions,
  ): Promise<{ readonly pipes: ExecPipes; readonly leader: number }> {
    const { container, command, workingDirectory, input } = options;
    try {
      const exec = await container.exec({
        Cmd: [...command],
        User: "root",
        WorkingDir: workingDirectory,
        AttachStdin: input === "pipe",
        AttachStdout: true,
        AttachStderr: true,
      });
      const pipes = new ExecPipes(exec, await exec.start({ hijack: true, stdin: input === "pipe" }));
      return { pipes, leader: await pipes.#begin(options.clock) };
    } catch (cause) {
      throw nodeError("The engine could not start a process", cause);
    }
  }

  private constructor(exec: Docker.Exec, stream: Duplex) {
    this.#exec = exec;
    this.#stream = stream;
    const output = engineOutput((piece, from) => this.#receive(piece, from));
    const end = () => this.#end();
    stream
      .on("data", (chunk: Buffer) => {
        if (!this.#hasLeader) this.#complain(chunk);
        output.push(chunk);
      })
      .on("end", end)
      .on("close", end)
      .on("error", end);
  }

  write(bytes: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#stream.write(bytes, (cause) => {
      if (cause) reject(new ManagedNodeError("It has ended", { cause }));
      else resolve();
    });
    return promise;
  }

  /** Ends the input; resolves when all of it has left. */
  finish(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stream.end(() => resolve());
    return promise;
  }

  pause(): void {
    this.#held.pause();
    this.#stream.pause();
  }

  resume(): void {
    this.#held.resume();
    this.#stream.resume();
  }

  close(): void {
    this.onEnd = () => {};
    this.#stream.destroy();
  }

  async #begin(clock: Clock): Promise<number> {
    const cancel = clock.at(clock.now() + startTimeoutMs, () => {
      this.#leader.reject(new Error("it did not start in time"));
    });
    try {
      return await this.#leader.promise;
    } catch (cause) {
      this.#stream.destroy();
      throw cause;
    } finally {
      cancel();
    }
  }

  /** The engine's own words are not always in its frames. */
  #complain(chunk: Buffer): void {
    this.#firstLine = (this.#firstLine + chunk.toString("latin1")).slice(0, maxComplaintLength);
  }

  #receive(piece: Buffer, from: "stdout" | "stderr"): void {
    if (this.#hasLeader || from === "stderr") {
      this.#held.put(() => this.onOutput(piece, from));
      return;
    }
    const [line, leader] = /^(\d+)\n/.exec(piece.toString("latin1")) ?? [];
    if (line === undefined) return;
    this.#hasLeader = true;
    this.#leader.resolve(Number(leader));
    this.#stream.pause();
    const rest = piece.subarray(line.length);
    if (rest.length > 0) this.#held.put(() => this.onOutput(rest, from));
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const complaint = this.#firstLine.replaceAll(/[^ -~]+/g, " ").trim();
    this.#leader.reject(new Error(complaint || "it ended at once"));
    void this.#exit().then((exit) => this.#held.put(() => this.onEnd({ type: "ended", exit })));
  }

  async #exit(): Promise<ProcessExit | undefined> {
    try {
      const { ExitCode } = await this.#exec.inspect();
      return ExitCode === null ? undefined : exitOfStatus(ExitCode);
    } catch {
      return undefined;
    }
  }
}
