import type { Duplex } from "node:stream";
import type { ProcessOptions, TerminalProcess } from "../agent/managed-node.ts";
import type { Clock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import { delay } from "./delay.ts";
import { startKey, terminalCommand } from "./exec-command.ts";
import { nodeError } from "./node-error.ts";
import type { NodeExec, ProgramTerminal } from "./node-exec.ts";
import type { MarkedSession } from "./node-processes.ts";

/** Starts are queued by the engine: hundreds at once take a while. */
const startTimeoutMs = 60_000;
/** How long the engine may take to notice that a terminal's last process is gone. */
const endTimeoutMs = 2_000;
const maxResizeAttempts = 5;
const resizeRetryMs = 50;

export interface ExecTerminalOptions extends ProcessOptions {
  readonly exec: NodeExec;
  readonly clock: Clock;
  readonly session: MarkedSession;
}

/**
 * Opens a process on a terminal of a node.
 * @throws ManagedNodeError
 * @see environment reference, section 4
 */
export async function openExecTerminal(options: ExecTerminalOptions): Promise<ExecTerminal> {
  const { exec, workingDirectory, session, clock } = options;
  try {
    const words = terminalCommand(options, session.mark);
    const terminal = await exec.startOnTerminal({ words, workingDirectory, input: "pipe" });
    const leader = await readLeader(terminal.stream, clock);
    return new ExecTerminal(options, terminal, leader);
  } catch (cause) {
    throw nodeError("The node could not open a terminal", cause);
  }
}

/** Reads the first line, the leader's process id, and leaves the stream paused behind it. */
async function readLeader(stream: Duplex, clock: Clock): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\n");
    const [, leader] = /^(\d+)\r?\n/.exec(head.toString("latin1", 0, end + 1)) ?? [];
    if (leader === undefined) return;
    stream.pause();
    if (end + 1 < head.length) stream.unshift(head.subarray(end + 1));
    resolve(Number(leader));
  };
  const onEnd = () => reject(new Error(head.toString().trim() || "it ended at once"));
  const cancel = clock.at(clock.now() + startTimeoutMs, () => reject(new Error("it did not start in time")));
  stream.on("data", onData).on("error", reject).on("end", onEnd).on("close", onEnd);
  try {
    return await promise;
  } catch (cause) {
    stream.destroy();
    throw cause;
  } finally {
    cancel();
    stream.off("data", onData).off("end", onEnd).off("close", onEnd);
  }
}

export class ExecTerminal implements TerminalProcess {
  onOutput: (bytes: Uint8Array) => void = () => {};
  onEnd: () => void = () => {};
  readonly #options: ExecTerminalOptions;
  readonly #terminal: ProgramTerminal;
  readonly #stream: Duplex;
  readonly #leader: number;
  readonly #ended = Promise.withResolvers<void>();
  #state: "open" | "terminating" | "ended" = "open";
  #paused = false;
  #isStarted = false;
  #wantedSize: TerminalSize | undefined;
  #resizing: Promise<void> | undefined;
  #termination: Promise<void> | undefined;

  constructor(options: ExecTerminalOptions, terminal: ProgramTerminal, leader: number) {
    const { stream } = terminal;
    this.#options = options;
    this.#terminal = terminal;
    this.#stream = stream;
    this.#leader = leader;
    stream.on("data", (bytes: Buffer) => {
      if (this.#state === "open") this.onOutput(bytes);
    });
    const end = () => this.#end();
    stream.on("end", end).on("close", end).on("error", end);
    // The caller sets its callbacks and types ahead after its await; the first bytes may be here already.
    setImmediate(() => {
      if (!this.#paused) stream.resume();
      if (!this.#isStarted) this.write(new Uint8Array(0)).catch(() => {});
    });
  }

  write(input: Uint8Array): Promise<void> {
    const bytes = this.#isStarted ? input : Buffer.concat([startKey, input]);
    this.#isStarted = true;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#stream.write(bytes, (error) => {
      if (error) reject(new ManagedNodeError("The terminal has ended", { cause: error }));
      else resolve();
    });
    return promise;
  }

  /** Sizes that come while one is being set are skipped, but for the last. */
  resize(size: TerminalSize): Promise<void> {
    this.#wantedSize = size;
    this.#resizing ??= this.#applySizes().finally(() => {
      this.#resizing = undefined;
    });
    return this.#resizing;
  }

  pause(): void {
    this.#paused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream.resume();
  }

  /** Output that was not handed over yet is dropped. */
  terminate(): Promise<void> {
    this.#termination ??= this.#terminate();
    return this.#termination;
  }

  async #terminate(): Promise<void> {
    if (this.#state === "open") this.#state = "terminating";
    this.#stream.resume();
    await this.#options.session.end(this.#leader);
    const { clock } = this.#options;
    const cancel = clock.at(clock.now() + endTimeoutMs, () => this.#end());
    await this.#ended.promise;
    cancel();
  }

  #end(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#stream.destroy();
    this.#ended.resolve();
    this.onEnd();
  }

  async #applySizes(): Promise<void> {
    for (let applied: TerminalSize | undefined; this.#wantedSize !== applied; ) {
      const size = this.#wantedSize;
      if (size !== undefined) await this.#applySize(size);
      applied = size;
    }
  }

  async #applySize(size: TerminalSize): Promise<void> {
    for (let attempt = 1; this.#state === "open"; attempt += 1) {
      try {
        await this.#terminal.resize(size);
        return;
      } catch (cause) {
        if (this.#state === "open" && attempt === maxResizeAttempts) {
          throw nodeError("The node could not resize a terminal", cause);
        }
        await delay(this.#options.clock, resizeRetryMs);
      }
    }
  }
}
