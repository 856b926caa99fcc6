import { systemClock } from "../clock.ts";
import { encodeFlag } from "../protocol/flag.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import { give, pump } from "../streams/stream-flow.ts";
import type { DataChannelClient } from "./data-channel-client.ts";
import { delay } from "./delay.ts";
import type { SessionEnd } from "./session-end.ts";
import type { ProgramStreams, SessionFront } from "./session-front.ts";

/** For output that is no terminal. @see data-channel reference, section 9 */
const sizeWithoutTerminal: TerminalSize = { columns: 300, rows: 100 };

/** Where no terminal turns keys into bytes: what `stty` calls intr, quit and susp. */
const bytesBySignal = { SIGINT: 0x03, SIGQUIT: 0x1c, SIGTSTP: 0x1a } as const;
const lineFeed = 0x0a;
const endOfTransmission = 0x04;
/** After how long the end of the input is told again; each time twice as long, up to the second. */
const firstRepeatMs = 500;
const maxRepeatMs = 10_000;

/**
 * What becomes of a session whose input has ended.
 * `fails`: as the plugin, which goes away at once.
 * `ends-the-shell`: ends the last line, presses Ctrl-D until the shell has ended, and waits for its last output.
 */
export type OnInputEnd = "fails" | "ends-the-shell";

/** The extent of the terminal to which the output goes. */
export function terminalSize({ output }: ProgramStreams): TerminalSize {
  const { columns = 0, rows = 0 } = output;
  return output.isTTY === true && columns > 0 && rows > 0 ? { columns, rows } : sizeWithoutTerminal;
}

/**
 * Joins a shell with the terminal that we run on: every key goes there as its bytes, Ctrl-C too. The terminal's
 * settings come back when this is disposed of, and by Node itself whenever the process ends otherwise.
 * @see data-channel reference, section 9
 */
export class ShellFront implements SessionFront {
  readonly over: Promise<SessionEnd>;
  readonly #client: DataChannelClient;
  readonly #streams: ProgramStreams;
  readonly #left = new AbortController();
  readonly #signals: readonly { readonly name: NodeJS.Signals; readonly listener: () => void }[];
  readonly #onResize: () => void;

  constructor(client: DataChannelClient, streams: ProgramStreams, onInputEnd: OnInputEnd) {
    this.#client = client;
    this.#streams = streams;
    this.#onResize = () => client.resize(terminalSize(streams));
    this.#signals = Object.entries(bytesBySignal).map(([name, byte]) => ({
      name: name as keyof typeof bytesBySignal,
      listener: () => void client.write(Uint8Array.of(byte)),
    }));
    for (const { name, listener } of this.#signals) process.on(name, listener);
    streams.output.on("resize", this.#onResize);
    if (streams.input.isTTY === true) streams.input.setRawMode?.(true);
    this.over = this.#pump(onInputEnd);
  }

  receive(bytes: Uint8Array): Promise<void> | undefined {
    return give(this.#streams.output, bytes);
  }

  /** The plugin prints this, too. */
  onFlag(value: number): void {
    this.#streams.output.write(encodeFlag(value));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { input, output } = this.#streams;
    for (const { name, listener } of this.#signals) process.off(name, listener);
    output.off("resize", this.#onResize);
    this.#left.abort();
    if (input.isTTY === true) input.setRawMode?.(false);
  }

  async #pump(onInputEnd: OnInputEnd): Promise<SessionEnd> {
    let lastByte: number | undefined;
    const send = (bytes: Uint8Array) => {
      lastByte = bytes.at(-1);
      return this.#client.write(bytes);
    };
    await pump(this.#streams.input, send, this.#left.signal);
    if (onInputEnd === "fails") return { type: "failed", message: "EOF" };
    // In the middle of a line it would end nothing.
    if (lastByte !== undefined && lastByte !== lineFeed) await this.#client.write(Uint8Array.of(lineFeed));
    await this.#endShell();
    return this.#client.ended;
  }

  /** A terminal forgets the end of a file that comes while a shell is between two commands; a pipe's would stay. */
  async #endShell(): Promise<void> {
    const { signal } = this.#left;
    for (let waitMs = firstRepeatMs; !signal.aborted; waitMs = Math.min(2 * waitMs, maxRepeatMs)) {
      await this.#client.write(Uint8Array.of(endOfTransmission));
      await delay(waitMs, systemClock, signal);
    }
  }
}
