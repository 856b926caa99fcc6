import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { ProtocolError } from "../errors.ts";
import { readMessageId, writeMessageId } from "./message-id.ts";

/** A message of the data channel, ready to be sent. */
export interface AgentMessage {
  readonly messageType: string;
  /** Epoch milliseconds; the plugin drops a message that says 0. */
  readonly createdAt: number;
  readonly sequenceNumber: number;
  /** Nobody looks at them on receipt; see {@link messageFlags}. */
  readonly flags: number;
  /** Hyphenated UUID. */
  readonly messageId: string;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/** A message as it came in; `payload` and `payloadDigest` are views of the frame. */
export interface ReceivedMessage extends AgentMessage {
  readonly payloadDigest: Uint8Array;
}

/** Bits of the header's flags. @see data-channel reference, section 4 */
export const messageFlags = {
  none: 0,
  /** First message of a stream. */
  syn: 1,
  /** Messages outside of the streams: SYN and FIN together. */
  control: 3,
} as const;

/** Largest frame taken from a client: plugins send 1144 bytes, but a handshake may be larger. */
export const maxClientFrameBytes = 1024 * 1024;

const offsets = {
  headerLength: 0,
  messageType: 4,
  schemaVersion: 36,
  createdDate: 40,
  sequenceNumber: 48,
  flags: 56,
  messageId: 64,
  payloadDigest: 80,
  payloadType: 112,
  payloadLength: 116,
  payload: 120,
} as const;

/** The header's length as it is written counts the bytes before the payload's length. */
const headerLength = offsets.payloadLength;
const messageTypeBytes = offsets.schemaVersion - offsets.messageType;
const schemaVersion = 1;

/**
 * One binary frame, in one allocation.
 * @see data-channel reference, section 4; amazon-ssm-agent `agent/session/contracts/agentmessage.go`
 */
export function encodeAgentMessage(message: AgentMessage): Uint8Array {
  const { payload } = message;
  const frame = Buffer.allocUnsafe(offsets.payload + payload.length);
  frame.writeUInt32BE(headerLength, offsets.headerLength);
  frame.write(message.messageType.padEnd(messageTypeBytes), offsets.messageType, messageTypeBytes, "latin1");
  frame.writeUInt32BE(schemaVersion, offsets.schemaVersion);
  frame.writeBigUInt64BE(BigInt(message.createdAt), offsets.createdDate);
  frame.writeBigInt64BE(BigInt(message.sequenceNumber), offsets.sequenceNumber);
  frame.writeBigUInt64BE(BigInt(message.flags), offsets.flags);
  writeMessageId(frame, message.messageId, offsets.messageId);
  frame.set(hash("sha256", payload, "buffer"), offsets.payloadDigest);
  frame.writeUInt32BE(message.payloadType, offsets.payloadType);
  frame.writeUInt32BE(payload.length, offsets.payloadLength);
  frame.set(payload, offsets.payload);
  return frame;
}

/**
 * Reads one binary frame. The payload is all that follows the header, whatever its declared length; only a frame that
 * holds less than it declares is refused. The digest is not checked, as in the agent; see {@link verifyDigest}.
 * @throws ProtocolError `frame-too-large` above {@link maxClientFrameBytes}, else `frame-malformed`
 */
export function decodeAgentMessage(frame: Uint8Array): ReceivedMessage {
  const bytes = asBuffer(frame);
  if (bytes.length > maxClientFrameBytes) {
    throw new ProtocolError(
      "frame-too-large",
      `Expected at most ${maxClientFrameBytes} bytes, got ${bytes.length}`,
    );
  }
  return {
    payload: payloadOf(bytes),
    messageType: withoutPadding(bytes.toString("latin1", offsets.messageType, offsets.schemaVersion)),
    createdAt: Number(bytes.readBigUInt64BE(offsets.createdDate)),
    sequenceNumber: sequenceNumberOf(bytes),
    flags: Number(bytes.readBigUInt64BE(offsets.flags)),
    messageId: readMessageId(bytes, offsets.messageId),
    payloadDigest: bytes.subarray(offsets.payloadDigest, offsets.payloadType),
    payloadType: bytes.readUInt32BE(offsets.payloadType),
  };
}

/** The type that a frame names, without a look at the rest. */
export function peekMessageType(frame: Uint8Array): string {
  return withoutPadding(
    asBuffer(frame).toString("latin1", offsets.messageType, Math.min(frame.length, offsets.schemaVersion)),
  );
}

/** A copy of the frame whose digest is wrong in one bit. */
export function withWrongDigest(frame: Uint8Array): Uint8Array {
  const copy = Buffer.from(frame);
  copy[offsets.payloadDigest] = (copy[offsets.payloadDigest] ?? 0) ^ 1;
  return copy;
}

/** Whether the digest is that of the payload; the plugin drops messages for which it is not. */
export function verifyDigest(message: ReceivedMessage): boolean {
  return asBuffer(message.payloadDigest).equals(hash("sha256", message.payload, "buffer"));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A header longer than ours only moves the payload back. */
function payloadOf(bytes: Buffer): Buffer {
  if (bytes.length < offsets.payload) {
    throw malformed(`Expected at least ${offsets.payload} bytes, got ${bytes.length}`);
  }
  const length = bytes.readUInt32BE(offsets.headerLength);
  if (length < headerLength || length + 4 > bytes.length) {
    throw malformed(`Expected a header of ${headerLength} bytes, got ${length}`);
  }
  const payload = bytes.subarray(length + 4);
  const declared = bytes.readUInt32BE(length);
  if (payload.length < declared) {
    throw malformed(`Expected ${declared} bytes of payload, got ${payload.length}`);
  }
  return payload;
}

function sequenceNumberOf(bytes: Buffer): number {
  const sequenceNumber = Number(bytes.readBigInt64BE(offsets.sequenceNumber));
  if (sequenceNumber >= 0 && Number.isSafeInteger(sequenceNumber)) return sequenceNumber;
  throw malformed(`Expected a sequence number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${sequenceNumber}`);
}

/** Spaces behind from the plugin and the agent, NULs in front from the npm package `ssm-session`. */
function withoutPadding(text: string): string {
  return text.replace(/^[\0\s]+|[\0\s]+$/g, "");
}

function malformed(message: string): ProtocolError {
  return new ProtocolError("frame-malformed", message);
}
