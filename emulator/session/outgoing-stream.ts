import type { EpochMillis } from "../clock.ts";
import { encodeFlag } from "../protocol/flag.ts";
import { payloadType } from "../protocol/payload-type.ts";
import type { ChannelCipher } from "./channel-cipher.ts";
import type { DataChannelLimits } from "./data-channel-limits.ts";
import { outputStreamFrame } from "./frames.ts";
import { OutboundWindow } from "./outbound-window.ts";
import type { OutputKind } from "./output-kind.ts";
import { cutAtCharacters, Utf8Boundary } from "./utf8-boundary.ts";

export interface OutgoingStreamOptions {
  /** Text is cut between characters; else bytes leave as they come. */
  readonly isText: boolean;
  readonly limits: DataChannelLimits;
  readonly newMessageId: () => string;
  /** Sends a frame to the attached client. */
  readonly transmit: (frame: Uint8Array) => void;
}

interface Payload {
  readonly type: number;
  readonly bytes: Uint8Array;
}

const payloadTypes: Readonly<Record<OutputKind, number>> = {
  output: payloadType.output,
  stderr: payloadType.standardError,
  "exit-code": payloadType.exitCode,
};
const sealedTypes: readonly number[] = Object.values(payloadTypes);

/**
 * What goes to the client, over all of its connections: held until it is ready, cut, sealed, numbered, and sent again
 * until it is acknowledged.
 * @see data-channel reference, sections 7.2, 8 and 12
 */
export class OutgoingStream {
  readonly #options: OutgoingStreamOptions;
  readonly #window: OutboundWindow;
  readonly #boundaries: Readonly<Record<OutputKind, Utf8Boundary>> = {
    output: new Utf8Boundary(),
    stderr: new Utf8Boundary(),
    "exit-code": new Utf8Boundary(),
  };
  #cipher: ChannelCipher | undefined;
  #isAttached = false;
  #isOpen = false;
  /** Waits for the client to be ready for it. */
  #held: Payload[] = [];
  #isWritable = true;

  constructor(options: OutgoingStreamOptions) {
    this.#options = options;
    this.#window = new OutboundWindow(options.limits);
  }

  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** False from when the source of the output should pause until {@link wake}. */
  get isWritable(): boolean {
    return this.#isWritable;
  }

  /** Nothing was ever sent, to no client. */
  get isUntouched(): boolean {
    return this.#window.nextSequenceNumber === 0;
  }

  get holdsOutput(): boolean {
    return this.#held.length > 0;
  }

  /** The client has acknowledged all that was sent. */
  get isAcknowledged(): boolean {
    return this.#window.isEmpty;
  }

  /** Seals all output from now on. */
  sealWith(cipher: ChannelCipher): void {
    this.#cipher = cipher;
  }

  /** Takes output; it keeps views of `bytes`. */
  pushOutput(bytes: Uint8Array, kind: OutputKind, now: EpochMillis): void {
    const whole = this.#options.isText ? this.#boundaries[kind].push(bytes) : bytes;
    if (whole.length > 0) this.#push({ type: payloadTypes[kind], bytes: whole }, now);
    if (this.holdsOutput || this.#window.isFull) this.#isWritable = false;
  }

  /** Takes a flag, in its place between the output. */
  pushFlag(value: number, now: EpochMillis): void {
    this.#push({ type: payloadType.flag, bytes: encodeFlag(value) }, now);
  }

  /** Sends a part of the handshake, past what is held. */
  post(type: number, bytes: Uint8Array, now: EpochMillis): void {
    const { newMessageId } = this.#options;
    const cipher = sealedTypes.includes(type) ? this.#cipher : undefined;
    const payload = cipher?.encrypt(bytes) ?? bytes;
    const sequenceNumber = this.#window.nextSequenceNumber;
    const content = { payloadType: type, payload, sequenceNumber };
    const frame = outputStreamFrame(content, { messageId: newMessageId(), createdAt: now });
    this.#window.add(frame, this.#isAttached ? now : undefined);
    this.#transmit(frame);
  }

  /** The client is ready for output: sends what was held, and holds nothing more. */
  open(now: EpochMillis): void {
    this.#isOpen = true;
    const held = this.#held;
    this.#held = [];
    for (const payload of held) this.#cut(payload, now);
  }

  /** Drops what was held. */
  discard(): void {
    this.#held = [];
  }

  /** A client is there, for the first time or again. */
  attach(): void {
    this.#isAttached = true;
  }

  /** The client is gone: nothing is sent until one is there. */
  detach(): void {
    this.#isAttached = false;
  }

  /** Sends a new client all that was not acknowledged. */
  resend(now: EpochMillis): void {
    const unacknowledged = this.#window.resendAll(now);
    for (const frame of unacknowledged) this.#transmit(frame);
    // The client is silent about frames that it has already. To a new one it must answer, and that tells.
    if (unacknowledged.length > 0 && this.#isOpen && this.#window.takesProbe) {
      this.post(payloadType.output, new Uint8Array(0), now);
    }
  }

  acknowledge(sequenceNumber: number, now: EpochMillis): void {
    if (this.#isAttached) this.#window.acknowledge(sequenceNumber, now);
  }

  /** Whether a source that was to pause may go on. */
  wake(): boolean {
    if (this.#isWritable || this.holdsOutput || !this.#window.hasRoom) return false;
    this.#isWritable = true;
    return true;
  }

  /** When {@link onDeadline} is due; undefined when nothing is in flight. */
  nextDeadline(): EpochMillis | undefined {
    return this.#isAttached ? this.#window.nextDeadline() : undefined;
  }

  /** Sends the oldest frame again if it is due. */
  onDeadline(now: EpochMillis): void {
    const frame = this.#isAttached ? this.#window.onDeadline(now) : undefined;
    if (frame !== undefined) this.#transmit(frame);
  }

  #push(payload: Payload, now: EpochMillis): void {
    if (this.#isOpen) this.#cut(payload, now);
    else this.#held.push(payload);
  }

  #cut({ type, bytes }: Payload, now: EpochMillis): void {
    const { isText, limits } = this.#options;
    const pieces = isText
      ? cutAtCharacters(bytes, limits.maxPayloadBytes)
      : cut(bytes, limits.maxPayloadBytes);
    for (const piece of pieces) this.post(type, piece, now);
  }

  #transmit(frame: Uint8Array): void {
    if (this.#isAttached) this.#options.transmit(frame);
  }
}

/** Views of `bytes` of at most `maxBytes` each. */
function* cut(bytes: Uint8Array, maxBytes: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += maxBytes) yield bytes.subarray(start, start + maxBytes);
}
