/**
 * The agent's removal of control sequences from one line, with every quirk of the library it uses: bytes 0x80-0x9f
 * count as control characters even inside UTF-8, and a window title ended by BEL is an error.
 * @see agent-behaviour reference, section 4.3; amazon-ssm-agent `vendor/github.com/pborman/ansi`
 */
import { Buffer } from "node:buffer";

const esc = 0x1b;
/** The one-byte form of `ESC [`. */
const csi = 0x9b;
/** From a one-byte C1 control to the second byte of its two-byte form. */
const c1Offset = 0x40;
const semicolon = 0x3b;

const controlStringStarts = bytesOf("_P]^X");
/** SS2 and SS3, which take the next byte with them. */
const singleShifts = bytesOf("NO");

const anyCount: Counts = [0, Number.POSITIVE_INFINITY];

/** ECMA-48's functions and how many parameters each takes, by {@link functionKey}; others take any number. */
const parameterCounts: ReadonlyMap<number, Counts> = new Map([
  ...rows([0, 1], "", "ZGIEFDBCAYcPMnOXJNK`ja@LiUVb\\T]Q^[Sgdke"),
  ...rows([0, 1], " ", "_ZJPRQ\\eK@XAfIL"),
  ...rows([0, 2], "", "RHf"),
  ...rows([0, 2], " ", "DBYS"),
  ...rows([1, 1], " ", "WCOMgUVhij[^ba`dE"),
  ...rows([1, 2], " ", "c"),
  ...rows([2, 2], " ", "TkG"),
]);

type Counts = readonly [min: number, max: number];

/**
 * The line without its control sequences, or undefined when one of them is invalid: the caller then keeps the
 * original line. Backspace, BEL and the other C0 controls stay.
 */
export function stripControlSequences(line: Uint8Array): Uint8Array | undefined {
  const first = firstSequence(line);
  if (first === line.length) return line;
  const text = Buffer.from(line);
  let length = first;
  for (let at = first; at < line.length; ) {
    const byte = line[at] ?? 0;
    if (startsSequence(byte)) {
      const end = sequenceEnd(line, at);
      if (end === undefined) return undefined;
      at = end;
    } else {
      text[length] = byte;
      length += 1;
      at += 1;
    }
  }
  return text.subarray(0, length);
}

/** The line's length when there is none. */
function firstSequence(line: Uint8Array): number {
  let at = 0;
  while (at < line.length && !startsSequence(line[at] ?? 0)) at += 1;
  return at;
}

function startsSequence(byte: number): boolean {
  return byte === esc || (byte & 0xe0) === 0x80;
}

/** Where the sequence at `start` ends; undefined when it is invalid. */
function sequenceEnd(line: Uint8Array, start: number): number | undefined {
  const [first = 0, second = 0] = line.subarray(start, start + 2);
  if (first === csi) return controlSequenceEnd(line, start + 1);
  if (first !== esc) return controlEnd(line, first - c1Offset, start + 1);
  const next = start + 2;
  if (second === csi - c1Offset) return controlSequenceEnd(line, next);
  if (controlStringStarts.includes(second)) return controlStringEnd(line, next);
  if (second >= 0x40 && second <= 0x7e) return controlEnd(line, second, next);
  return undefined;
}

function controlEnd(line: Uint8Array, code: number, next: number): number {
  return singleShifts.includes(code) ? Math.min(next + 1, line.length) : next;
}

/** Only `ESC \` ends a control string, and `ESC X` must not stand in it. */
function controlStringEnd(line: Uint8Array, start: number): number | undefined {
  const rest = Buffer.from(line.buffer, line.byteOffset + start, line.length - start);
  const length = rest.indexOf("\x1b\\", "latin1");
  if (length < 0 || rest.subarray(0, length).includes("\x1bX", "latin1")) return undefined;
  return start + length + 2;
}

/** Parameter bytes 0x30-0x3f, intermediate bytes 0x20-0x2f, one final byte 0x40-0x7e. */
function controlSequenceEnd(line: Uint8Array, start: number): number | undefined {
  const codeStart = skip(line, start, 0x30, 0x3f);
  const finalAt = skip(line, codeStart, 0x20, 0x2f);
  const final = line[finalAt] ?? 0;
  if (final < 0x40 || final > 0x7e) return undefined;
  const [min, max] = parameterCounts.get(functionKey(line, codeStart, finalAt + 1)) ?? anyCount;
  const count = parameterCount(line, start, codeStart);
  return count < min || count > max ? undefined : finalAt + 1;
}

function skip(line: Uint8Array, start: number, low: number, high: number): number {
  let at = start;
  for (let byte = line[at]; byte !== undefined && byte >= low && byte <= high; byte = line[at]) at += 1;
  return at;
}

/** A first byte of `<`, `=`, `>` or `?` makes the whole text one private parameter. */
function parameterCount(line: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  let count = 1;
  if ((line[start] ?? 0) > semicolon) return count;
  for (let at = start; at < end; at += 1) if (line[at] === semicolon) count += 1;
  return count;
}

/** The bytes from the first intermediate byte to the final byte, as one big-endian number. */
function functionKey(bytes: Uint8Array, start: number, end: number): number {
  let key = 0;
  for (let at = start; at < end; at += 1) key = key * 256 + (bytes[at] ?? 0);
  return key;
}

function rows(counts: Counts, intermediate: string, finals: string): [number, Counts][] {
  return Array.from(finals, (final) => {
    const code = bytesOf(intermediate + final);
    return [functionKey(code, 0, code.length), counts];
  });
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
