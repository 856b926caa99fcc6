import type { Clock } from "../clock.ts";
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
 * first output, as with the real agent.
 */
export class Shell {
  readonly #terminal: TerminalProcess;
  readonly #clock: Clock;
  readonly #settled: Promise<void>;
  #settle: () => void = () => {};
  #cancelSettling: () => void;
  #queue: Promise<void>;
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
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#queue = this.#settled;
    this.#cancelSettling = this.#settleAfter(firstOutputPatienceMs);
    this.#onError = options.onError;
    terminal.onOutput = (bytes) => {
      this.#cancelSettling();
      this.#cancelSettling = this.#settleAfter(firstOutputQuietMs);
      options.onOutput(bytes);
    };
    terminal.onEnd = () => {
      this.#cancelSettling();
      this.#settle();
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
      await this.#terminal.write(bytes);
      this.#backlogBytes -= bytes.length;
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
    this.#cancelSettling();
    await this.#terminal.terminate();
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(step).catch(this.#onError);
    return this.#queue;
  }

  #settleAfter(delayMs: number): () => void {
    return this.#clock.at(this.#clock.now() + delayMs, this.#settle);
  }
}
