import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { PassThrough, type Writable } from "node:stream";
import type { ProcessExit } from "../../agent/managed-node.ts";
import type { NodeProgram } from "../node-exec.ts";

/** A program on a node that is a child of this process, with pipes. */
export class ChildProgram implements NodeProgram {
  onOutput: (piece: Buffer, from: "stdout" | "stderr") => void = () => {};
  onEnd: () => void = () => {};
  readonly input: Writable;
  /** Resolves when it has ended, or its pipes were let go of. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #isPaused = false;
  #piecesTold = 0;
  #onResume = () => {};
  readonly #closed = Promise.withResolvers<void>();

  /** @throws Error in the system's words when it cannot be started */
  static async of(child: ChildProcess): Promise<ChildProgram> {
    const program = new ChildProgram(child);
    await once(child, "spawn");
    return program;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = this.#closed.promise;
    this.input = child.stdin ?? new PassThrough().end();
    child.stdout?.on("data", (piece: Buffer) => this.#tell(piece, "stdout"));
    child.stderr?.on("data", (piece: Buffer) => this.#tell(piece, "stderr"));
    // How it ended is told by its exit.
    for (const stream of [child, child.stdin, child.stdout, child.stderr]) stream?.on("error", () => {});
    child.on("exit", () => this.#endWhenRead()).on("close", () => this.#closed.resolve());
    void this.ended.then(() => {
      this.#letGo();
      this.onEnd();
    });
  }

  pause(): void {
    this.#isPaused = true;
    this.#child.stdout?.pause();
    this.#child.stderr?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#child.stdout?.resume();
    this.#child.stderr?.resume();
    this.#onResume();
    this.#onResume = () => {};
  }

  destroy(): void {
    this.#letGo();
    this.#closed.resolve();
  }

  #letGo(): void {
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream?.destroy();
  }

  #tell(piece: Buffer, from: "stdout" | "stderr"): void {
    this.#piecesTold += 1;
    this.onOutput(piece, from);
  }

  /**
   * What it wrote is in its pipes when it has ended, and is read in the turns of the event loop that follow; others that it
   * started may have the pipes for long.
   */
  #endWhenRead(): void {
    const before = this.#piecesTold;
    setImmediate(() =>
      setImmediate(() => {
        if (this.#isPaused) this.#onResume = () => this.#endWhenRead();
        else if (this.#piecesTold === before) this.#closed.resolve();
        else this.#endWhenRead();
      }),
    );
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async exit(): Promise<ProcessExit | undefined> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null) return { type: "exited", code: exitCode };
    return signalCode === null ? undefined : { type: "killed", signal: signalCode };
  }
}
