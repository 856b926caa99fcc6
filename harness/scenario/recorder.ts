import type { TerminalSize } from "../../emulator/protocol/terminal-size.ts";
import { defaultSize } from "../terminal-session.ts";
import { type AsciicastEvent, asciicast } from "./asciicast.ts";

/** Characters of one recording; what comes later is left out. */
const maxLength = 16 * 1_024 * 1_024;

/** Collects what one session's terminal shows. */
export class Recorder {
  readonly #title: string;
  readonly #size: TerminalSize;
  readonly #startedAt = Date.now();
  readonly #start = performance.now();
  readonly #events: AsciicastEvent[] = [];
  #length = 0;

  constructor(title: string, size: TerminalSize = defaultSize) {
    this.#title = title;
    this.#size = size;
  }

  output(text: string): void {
    this.#length += text.length;
    if (text === "" || this.#length > maxLength) return;
    this.#events.push({ type: "output", atMs: this.#now(), text });
  }

  resize(size: TerminalSize): void {
    this.#events.push({ type: "resize", atMs: this.#now(), size });
  }

  /** What it is called: the session's name in the scenario. */
  get title(): string {
    return this.#title;
  }

  /** The recording so far, as a file's text. */
  toAsciicast(): string {
    return asciicast({ size: this.#size, startedAt: this.#startedAt, title: this.#title }, this.#events);
  }

  #now(): number {
    return performance.now() - this.#start;
  }
}
