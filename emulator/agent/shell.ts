import type { Clock, EpochMillis } from "../clock.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import type { TerminalProcess } from "./managed-node.ts";

/**
 * The agent waits a second before it first reads the terminal, so the prompt is complete when the client's first size
 * arrives, and bash draws it a second time. We wait only until the first output has been quiet this long.
 */
const firstOutputQuietMs = 30;
/** The agent's own wait, for a shell that prints nothing. @see agent-behaviour reference, section 6 */
const firstOutputPatienceMs = 1000;

/**
 * A shell on a node's terminal. Input and sizes take effect in the order they were given, and only after the shell's
 * first output, as with the real agent. A shell that never stops printing is not waited for: it must hear Ctrl-C.
 */
export class Shell {
  readonly #terminal: TerminalProcess;
  readonly #clock: Clock;
  /** When the wait for the first output is over, however much there is of it. */
  readonly #patienceEndsAt: EpochMillis;
  readonly #whenSettled = Promise.withResolvers<void>();
  #isSettled = false;
  #isOver = false;
  #cancelSettling: () => void = () => {};
  #queue: Promise<void> = this.#whenSettled.promise;
  #backlogBytes = 0;
  readonly #onError: (error: unknown) => void;

  constructor(
    terminal: TerminalProcess,
    options: {
      readonly clock: Clock;
      readonly onOutput: (bytes: Uint8Array) => void;
      readonly onEnd: () => void;
      /** Input or a size did not reach the terminal, which is going away. */
      readonly onError: (error: unknown) => void;
    },
  ) {
    this.#terminal = terminal;
    this.#clock = options.clock;
    this.#patienceEndsAt = options.clock.now() + firstOutputPatienceMs;
    this.#settleAt(this.#patienceEndsAt);
    this.#onError = options.onError;
    terminal.onOutput = (bytes) => {
      if (!this.#isSettled) {
        this.#settleAt(Math.min(this.#clock.now() + firstOutputQuietMs, this.#patienceEndsAt));
      }
      options.onOutput(bytes);
    };
    terminal.onEnd = () => {
      this.#stop();
      options.onEnd();
    };
  }

  /** Bytes that the terminal has not taken yet. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  /**
   * Types the profile ahead of everything else, as one write and before the prompt exists.
   * @see agent-behaviour reference, section 2.4
   */
  typeProfile(profile: string): void {
    if (profile.trim() === "") return;
    this.#terminal.write(Buffer.from(`${profile}\n`)).catch(this.#onError);
  }

  /** Resolves when the terminal took the bytes. */
  input(bytes: Uint8Array): Promise<void> {
    this.#backlogBytes += bytes.length;
    return this.#enqueue(async () => {
      await this.#terminal.write(bytes).finally(() => {
        this.#backlogBytes -= bytes.length;
      });
    });
  }

  resize(size: TerminalSize): void {
    void this.#enqueue(() => this.#terminal.resize(size));
  }

  pause(): void {
    this.#terminal.pause();
  }

  resume(): void {
    this.#terminal.resume();
  }

  /** Resolves when nothing that the shell ever started is left on the node. */
  async terminate(): Promise<void> {
    this.#stop();
    await this.#terminal.terminate();
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(() => (this.#isOver ? undefined : step())).catch(this.#onError);
    return this.#queue;
  }

  #settleAt(deadline: EpochMillis): void {
    this.#cancelSettling();
    this.#cancelSettling = this.#clock.at(deadline, () => this.#settle());
  }

  #settle(): void {
    this.#cancelSettling();
    this.#isSettled = true;
    this.#whenSettled.resolve();
  }

  /** What waits for its turn is dropped. */
  #stop(): void {
    this.#isOver = true;
    this.#settle();
  }
}
