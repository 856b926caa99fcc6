import { Buffer } from "node:buffer";

/**
 * Backspace and form feed have had a short form since Go 1.22; builds with an older Go write `\u0008` and `\u000c`.
 * `<`, `>` and `&` are escaped for text inside HTML.
 */
const shortForms: ReadonlyMap<number, string> = new Map([
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x26, "\\u0026"],
  [0x3c, "\\u003c"],
  [0x3e, "\\u003e"],
  [0x5c, "\\\\"],
]);

/**
 * JSON text of a string as Go's encoder writes it, quotes included. Every byte that is not part of valid UTF-8
 * becomes the escape `\ufffd`.
 * @see agent-behaviour reference, section 4.2; Go `encoding/json`, `Marshal`
 */
export function goJsonString(bytes: Uint8Array): string {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let json = '"';
  let plainStart = 0;
  for (let at = 0; at < source.length; ) {
    const length = characterLength(source, at);
    const replacement = replacementOf(source, at, length);
    const next = at + Math.max(length, 1);
    if (replacement !== undefined) {
      json += source.toString("utf8", plainStart, at) + replacement;
      plainStart = next;
    }
    at = next;
  }
  return `${json}${source.toString("utf8", plainStart)}"`;
}

/** Undefined for a character that stands for itself. */
function replacementOf(source: Buffer, at: number, length: number): string | undefined {
  const byte = source[at] ?? 0;
  if (length === 0) return "\\ufffd";
  if (length === 1) return shortForms.get(byte) ?? (byte < 0x20 ? unicodeEscape(byte) : undefined);
  if (length !== 3 || byte !== 0xe2 || source[at + 1] !== 0x80) return undefined;
  const last = source[at + 2] ?? 0;
  return last === 0xa8 || last === 0xa9 ? unicodeEscape(0x2000 | (last & 0x3f)) : undefined;
}

function unicodeEscape(codeUnit: number): string {
  return `\\u${codeUnit.toString(16).padStart(4, "0")}`;
}

/** Bytes of the UTF-8 character at `at`; 0 when there is no valid one. */
function characterLength(source: Buffer, at: number): number {
  const first = source[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const [low, high] = secondByteRange(first);
  const second = source[at + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let next = at + 2; next < at + length; next += 1) {
    if (((source[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** Keeps out overlong forms, surrogates and code points above U+10FFFF. */
function secondByteRange(first: number): readonly [low: number, high: number] {
  switch (first) {
    case 0xe0:
      return [0xa0, 0xbf];
    case 0xed:
      return [0x80, 0x9f];
    case 0xf0:
      return [0x90, 0xbf];
    case 0xf4:
      return [0x80, 0x8f];
    default:
      return [0x80, 0xbf];
  }
}
