import { Buffer } from "node:buffer";

const longestCharacterBytes = 4;

/**
 * Holds back the beginning of a character at the end of a chunk until the rest is there. Nothing flushes it: at the
 * end of the output such bytes are lost, as in the agent. Bytes that are not UTF-8 pass.
 * @see agent-behaviour reference, section 2.6
 */
export class Utf8Boundary {
  #held: Uint8Array = new Uint8Array(0);

  /** The bytes that may be sent now; a view of `chunk` when nothing was held. */
  push(chunk: Uint8Array): Uint8Array {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const end = wholeCharactersEnd(bytes);
    // A copy: a view would keep the whole chunk, and change with it.
    this.#held = Uint8Array.from(bytes.subarray(end));
    return bytes.subarray(0, end);
  }
}

/** Views of `bytes` of at most `maxBytes`, at least 4, each; none but the last ends inside a character. */
export function* cutAtCharacters(bytes: Uint8Array, maxBytes: number): Generator<Uint8Array> {
  let rest = bytes;
  while (rest.length > maxBytes) {
    const end = wholeCharactersEnd(rest.subarray(0, maxBytes));
    yield rest.subarray(0, end);
    rest = rest.subarray(end);
  }
  yield rest;
}

/** Length of the longest beginning of `bytes` that does not end inside a character. */
function wholeCharactersEnd(bytes: Uint8Array): number {
  for (let back = 1; back < longestCharacterBytes && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    return characterBytes(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function isContinuation(byte: number): boolean {
  return (byte & 0b1100_0000) === 0b1000_0000;
}

/** Bytes of the character that begins with this one; 1 for a byte that begins none. @see RFC 3629 section 4 */
function characterBytes(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 1;
}
