import type { Clock, EpochMillis } from "../clock.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import type { TerminalProcess } from "./managed-node.ts";
import type { SessionPlugin, SessionPluginHost } from "./session-plugin.ts";

/**
 * The agent waits a second before it first reads the terminal, so the prompt is complete when the client's first size
 * arrives, and bash draws it a second time. We wait only until the first output has been quiet this long.
 */
const firstOutputQuietMs = 30;
/** The agent's own wait, for a shell that prints nothing. @see agent-behaviour reference, section 6 */
const firstOutputPatienceMs = 1000;
/** Input that the terminal has not taken; above it the client's frames wait without an acknowledge. */
const maxBacklogBytes = 256 * 1024;

/**
 * A shell, or a command, on a node's terminal. Input and sizes take effect in the order they were given, and only after the
 * first output, as with the real agent. A shell that never stops printing is not waited for: it must hear Ctrl-C.
 */
export class Shell implements SessionPlugin {
  readonly #terminal: TerminalProcess;
  readonly #clock: Clock;
  readonly #host: SessionPluginHost;
  /** When the wait for the first output is over, however much there is of it. */
  readonly #patienceEndsAt: EpochMillis;
  readonly #whenSettled = Promise.withResolvers<void>();
  #isSettled = false;
  #isOver = false;
  #cancelSettling: () => void = () => {};
  #queue: Promise<void> = this.#whenSettled.promise;
  #backlogBytes = 0;

  constructor(
    terminal: TerminalProcess,
    options: { readonly clock: Clock; readonly host: SessionPluginHost },
  ) {
    this.#terminal = terminal;
    this.#clock = options.clock;
    this.#host = options.host;
    this.#patienceEndsAt = options.clock.now() + firstOutputPatienceMs;
    this.#settleAt(this.#patienceEndsAt);
    terminal.onOutput = (bytes) => this.#output(bytes);
    terminal.onEnd = () => {
      this.#stop();
      this.#host.ended();
    };
  }

  /**
   * Types the profile ahead of everything else, as one write and before the prompt exists.
   * @see agent-behaviour reference, section 2.4
   */
  typeProfile(profile: string): void {
    if (profile.trim() === "") return;
    this.#terminal.write(Buffer.from(`${profile}\n`)).catch((error) => this.#host.onError(error));
  }

  input(bytes: Uint8Array): Promise<void> | undefined {
    this.#backlogBytes += bytes.length;
    const taken = this.#enqueue(async () => {
      await this.#terminal.write(bytes).finally(() => {
        this.#backlogBytes -= bytes.length;
      });
    });
    return this.#backlogBytes > maxBacklogBytes ? taken : undefined;
  }

  resize(size: TerminalSize): void {
    void this.#enqueue(() => this.#terminal.resize(size));
  }

  /** No flag means anything to a shell. */
  flag(): void {}

  async terminate(): Promise<void> {
    this.#stop();
    await this.#terminal.terminate();
  }

  #output(bytes: Uint8Array): void {
    if (!this.#isSettled) {
      this.#settleAt(Math.min(this.#clock.now() + firstOutputQuietMs, this.#patienceEndsAt));
    }
    const room = this.#host.output(bytes);
    if (room === undefined) return;
    this.#terminal.pause();
    void room.then(() => this.#terminal.resume());
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue
      .then(() => (this.#isOver ? undefined : step()))
      .catch((error) => this.#host.onError(error));
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
