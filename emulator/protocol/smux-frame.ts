import { Buffer } from "node:buffer";
import { ProtocolError } from "../errors.ts";

/** The only version that plugin and agent speak. */
const smuxVersion = 1;
const headerBytes = 8;
const offset = { version: 0, command: 1, length: 2, streamId: 4 } as const;

/** What a smux frame does. @see data-channel reference, section 10.2 */
export const smuxCommand = { synchronize: 0, finish: 1, push: 2, keepAlive: 3 } as const;

export type SmuxCommand = (typeof smuxCommand)[keyof typeof smuxCommand];

export interface SmuxFrame {
  readonly command: SmuxCommand;
  /** 0 for `keepAlive`. */
  readonly streamId: number;
  /** Up to 65 535 bytes; empty for all but `push`. */
  readonly data: Uint8Array;
}

interface Header {
  readonly command: SmuxCommand;
  readonly streamId: number;
  readonly length: number;
}

/** @see data-channel reference, section 10.2 */
export function encodeSmuxFrame({ command, streamId, data }: SmuxFrame): Uint8Array {
  const bytes = Buffer.allocUnsafe(headerBytes + data.length);
  write(bytes, { command, streamId, data });
  return bytes;
}

/** A stream's data in frames that hold up to `maxDataBytes` each, in one allocation. */
export function encodeSmuxData(streamId: number, data: Uint8Array, maxDataBytes: number): Uint8Array {
  const frames = Math.ceil(data.length / maxDataBytes);
  const bytes = Buffer.allocUnsafe(frames * headerBytes + data.length);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * maxDataBytes;
    const piece = data.subarray(start, start + maxDataBytes);
    write(bytes.subarray(frame * headerBytes + start), { command: smuxCommand.push, streamId, data: piece });
  }
  return bytes;
}

function write(bytes: Buffer, { command, streamId, data }: SmuxFrame): void {
  bytes.writeUInt8(smuxVersion, offset.version);
  bytes.writeUInt8(command, offset.command);
  bytes.writeUInt16LE(data.length, offset.length);
  bytes.writeUInt32LE(streamId, offset.streamId);
  bytes.set(data, headerBytes);
}

/** Finds the frames in a stream of bytes, however that is cut. */
export class SmuxFrameDecoder {
  /** What was given and not taken. */
  #rest: Uint8Array = new Uint8Array(0);
  /** A header or data that is not all there yet. */
  #part: Buffer | undefined;
  #partBytes = 0;
  /** Of the frame whose data is next. */
  #header: Header | undefined;

  /**
   * Gives the frames that `bytes` complete, while they are iterated; their data may be a view of `bytes`.
   * @throws ProtocolError `frame-malformed` after the frames that were good; nothing can be read from then on
   */
  *decode(bytes: Uint8Array): Generator<SmuxFrame> {
    this.#rest = bytes;
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) yield frame;
  }

  #next(): SmuxFrame | undefined {
    if (this.#header === undefined) {
      const header = this.#gather(headerBytes);
      if (header === undefined) return undefined;
      this.#header = decodeHeader(Buffer.from(header));
    }
    const { command, streamId, length } = this.#header;
    const data = this.#gather(length);
    if (data === undefined) return undefined;
    this.#header = undefined;
    return { command, streamId, data };
  }

  /** The next bytes, once so many are there. They are copied only when they come in parts. */
  #gather(length: number): Uint8Array | undefined {
    if (this.#part === undefined && this.#rest.length >= length) return this.#take(length);
    this.#part ??= Buffer.allocUnsafe(length);
    const bytes = this.#take(length - this.#partBytes);
    this.#part.set(bytes, this.#partBytes);
    this.#partBytes += bytes.length;
    if (this.#partBytes < length) return undefined;
    const whole = this.#part;
    this.#part = undefined;
    this.#partBytes = 0;
    return whole;
  }

  #take(atMost: number): Uint8Array {
    const bytes = this.#rest.subarray(0, atMost);
    this.#rest = this.#rest.subarray(bytes.length);
    return bytes;
  }
}

function decodeHeader(header: Buffer): Header {
  const version = header.readUInt8(offset.version);
  const command = header.readUInt8(offset.command);
  const length = header.readUInt16LE(offset.length);
  if (version !== smuxVersion) throw malformed(`version ${smuxVersion}`, `${version}`);
  if (!isCommand(command)) throw malformed("a command from 0 to 3", `${command}`);
  if (command !== smuxCommand.push && length > 0)
    throw malformed(`no data for command ${command}`, `${length} bytes`);
  return { command, length, streamId: header.readUInt32LE(offset.streamId) };
}

function isCommand(value: number): value is SmuxCommand {
  return value <= smuxCommand.keepAlive;
}

function malformed(expected: string, got: string): ProtocolError {
  return new ProtocolError("frame-malformed", `Expected ${expected} in a smux header, got ${got}`);
}
