import { fromStart } from "./text-match.ts";
import { VisibleText } from "./visible-text.ts";

/** Characters that are kept; a session that prints more loses its oldest. */
const maxLength = 4 * 1_024 * 1_024;
/** readline switches bracketed paste on as it shows a prompt, and off as it takes a line. */
const promptSequence = "?2004h";
const enterSequence = "?2004l";

/** The visible text of a session's output. Places in it are counted from the session's start. */
export class Transcript {
  #text = "";
  #dropped = 0;
  readonly #visible = new VisibleText((sequence, before) => {
    if (sequence === promptSequence) this.#promptAt = this.end + before.length;
    if (sequence === enterSequence) this.#enterAt = this.end + before.length;
  });
  #promptAt: number | undefined;
  #enterAt: number | undefined;

  /** What is kept of it. */
  get text(): string {
    return this.#text;
  }

  get end(): number {
    return this.#dropped + this.#text.length;
  }

  /** Where the last prompt begins, if the shell marks its prompts; bash does. */
  get promptAt(): number | undefined {
    return this.#promptAt;
  }

  /** Where the output begins of the line that such a shell took last. */
  get enterAt(): number | undefined {
    return this.#enterAt;
  }

  append(output: string): void {
    this.#text += this.#visible.read(output);
    const excess = this.#text.length - maxLength;
    // Not at each piece: cutting copies.
    if (excess < maxLength) return;
    this.#text = this.#text.slice(excess);
    this.#dropped += excess;
  }

  slice(from: number, to: number = this.end): string {
    return this.#text.slice(Math.max(0, from - this.#dropped), Math.max(0, to - this.#dropped));
  }

  /** The first occurrence at or behind `from`. */
  find(wanted: string | RegExp, from: number): { readonly text: string; readonly end: number } | undefined {
    const rest = this.slice(from);
    const start = this.end - rest.length;
    if (typeof wanted === "string") {
      const index = rest.indexOf(wanted);
      return index < 0 ? undefined : { text: wanted, end: start + index + wanted.length };
    }
    const match = fromStart(wanted).exec(rest);
    return match === null ? undefined : { text: match[0], end: start + match.index + match[0].length };
  }
}
