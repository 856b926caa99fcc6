import { Buffer } from "node:buffer";
import { stripControlSequences } from "./strip-control-sequences.ts";

const newline = 0x0a;

/**
 * Most bytes of one line, and of the text of one event; a longer line is cut in pieces of this size.
 * @see agent-behaviour reference, section 4.4
 */
export const maxEventTextBytes = 33_000;

/**
 * Terminal output in, log lines out: each with its newline, its control sequences stripped unless one is invalid.
 * Holds back less than {@link maxEventTextBytes} of an unfinished line. Keeps views of the bytes given: do not reuse them.
 * @see agent-behaviour reference, section 4.3, steps 1 to 4
 */
export class LogLineSplitter {
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** The lines that are complete with these bytes. */
  push(bytes: Uint8Array): Uint8Array[] {
    const isOpen = !bytes.includes(newline) && this.#heldBytes + bytes.length < maxEventTextBytes;
    if (!isOpen) return this.#cut(Buffer.concat([...this.#held, bytes]));
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    return [];
  }

  /** The unfinished line, if any; nothing comes after it. */
  end(): Uint8Array[] {
    const rest = Buffer.concat(this.#held);
    this.#hold(rest.subarray(rest.length));
    return rest.length === 0 ? [] : [stripped(rest)];
  }

  #cut(text: Buffer): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = lineEnd(text, start); end !== undefined; end = lineEnd(text, start)) {
      lines.push(stripped(text.subarray(start, end)));
      start = end;
    }
    this.#hold(text.subarray(start));
    return lines;
  }

  #hold(rest: Uint8Array): void {
    this.#held = rest.length === 0 ? [] : [rest];
    this.#heldBytes = rest.length;
  }
}

/** Undefined while neither a newline nor a full piece is there. */
function lineEnd(text: Buffer, start: number): number | undefined {
  const limit = start + maxEventTextBytes;
  const at = text.indexOf(newline, start);
  if (at >= 0 && at < limit) return at + 1;
  return text.length >= limit ? limit : undefined;
}

function stripped(line: Uint8Array): Uint8Array {
  return stripControlSequences(line) ?? line;
}
