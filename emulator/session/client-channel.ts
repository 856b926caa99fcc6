import type { EpochMillis } from "../clock.ts";
import { type Acknowledge, decodeAcknowledge } from "../protocol/acknowledge.ts";
import { decodeAgentMessage, type ReceivedMessage, verifyDigest } from "../protocol/agent-message.ts";
import { decodeChannelClosed } from "../protocol/channel-closed.ts";
import { encodeFlag } from "../protocol/flag.ts";
import { messageType } from "../protocol/message-type.ts";
import { payloadType } from "../protocol/payload-type.ts";
import { encodeTerminalSize, type TerminalSize } from "../protocol/terminal-size.ts";
import { ClientAgreement, type ClientPayload } from "./client-agreement.ts";
import type { ClientChannelEffect } from "./client-channel-effect.ts";
import { type ClientChannelLimits, defaultClientChannelLimits } from "./client-channel-limits.ts";
import { type GeneratedDataKey, isShell } from "./client-handshake.ts";
import {
  type ClientOutput,
  decodeServerMessage,
  type ServerContent,
  type ServerMessage,
} from "./client-output.ts";
import { acknowledgeFrame, inputStreamFrame } from "./frames.ts";
import { InboundSequence } from "./inbound-sequence.ts";
import { OutboundWindow } from "./outbound-window.ts";

export type { ClientChannelEffect } from "./client-channel-effect.ts";

export interface ClientChannelOptions {
  /** Four numbers; agents and servers decide by it which features to use. */
  readonly clientVersion: string;
  readonly size: TerminalSize;
  readonly newMessageId: () => string;
  /** Nonces of an encrypted session. */
  readonly randomBytes: (length: number) => Uint8Array;
  readonly limits?: Partial<ClientChannelLimits>;
}

interface ServerItem {
  readonly acknowledge: Acknowledge;
  readonly message: ServerMessage;
}

/**
 * The client's end of a data channel, over all of its connections. Frames, bytes and times go in; effects come out, to
 * be carried out in order. The owner calls {@link onDeadline} at {@link nextDeadline}.
 *
 * It differs from the plugin where the plugin loses things: what comes before a session has begun waits, every frame is
 * acknowledged only once it was taken, and a repeated one again.
 * @see data-channel reference, sections 4 to 9 and 12 to 14
 */
export class ClientChannel {
  readonly #newMessageId: () => string;
  readonly #limits: ClientChannelLimits;
  readonly #window: OutboundWindow;
  readonly #inbound: InboundSequence<ServerItem>;
  readonly #agreement: ClientAgreement;
  #effects: ClientChannelEffect[] = [];
  #isAttached = false;
  #isWritable = false;

  /** What waits for the session to begin: agents drop input before. */
  #heldInput: ClientPayload[] = [];
  #size: TerminalSize;
  #sentSize: TerminalSize | undefined;

  #isConsuming = false;
  #isClosed = false;

  constructor(options: ClientChannelOptions) {
    this.#size = options.size;
    this.#newMessageId = options.newMessageId;
    this.#limits = { ...defaultClientChannelLimits, ...options.limits };
    this.#window = new OutboundWindow(this.#limits, "acknowledges");
    this.#inbound = new InboundSequence(this.#limits);
    this.#agreement = new ClientAgreement(options.clientVersion, options.randomBytes);
  }

  /** False from when the source of the input should pause until the effect `writable`, and at first. */
  get writable(): boolean {
    return this.#isWritable;
  }

  /** The server has acknowledged all that it was sent, and nothing waits to be sent. */
  get isFlushed(): boolean {
    return this.#window.isEmpty && this.#heldInput.length === 0;
  }

  /** The consumer is far behind: better read no more frames for now. */
  get isBacklogged(): boolean {
    return this.#inbound.isHalfFull;
  }

  /** The server has said its last word. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get #hasBegun(): boolean {
    return this.#agreement.session !== undefined;
  }

  /** A new connection on which the token frame has left: everything that is not acknowledged goes out again. */
  attach(now: EpochMillis): ClientChannelEffect[] {
    this.#isAttached = true;
    for (const frame of this.#window.resendAll(now)) this.#send(frame);
    return this.#settle(now);
  }

  /** The connection is gone: nothing is sent, and no deadline runs, until there is another. */
  detach(): void {
    this.#isAttached = false;
  }

  /**
   * Takes a frame of the server. One whose digest is wrong is dropped, for the server to send it again.
   * @throws ProtocolError for a malformed one, which changes nothing; and for one that cannot be decrypted when its
   * turn has come, with which the session is lost. So do the other methods that give something out.
   */
  receive(frame: Uint8Array, now: EpochMillis): ClientChannelEffect[] {
    const message = decodeAgentMessage(frame);
    if (this.#isClosed || !verifyDigest(message)) return [];
    switch (message.messageType) {
      case messageType.acknowledge:
        this.#window.acknowledge(decodeAcknowledge(message.payload).sequenceNumber, now);
        break;
      case messageType.outputStreamData:
        this.#offer(message, now);
        break;
      case messageType.channelClosed:
        this.#close(decodeChannelClosed(message.payload).output, now);
        break;
    }
    return this.#settle(now);
  }

  /** The consumer has taken what it was given. */
  taken(now: EpochMillis): ClientChannelEffect[] {
    if (!this.#isConsuming) return [];
    this.#isConsuming = false;
    this.#takeItem(now);
    return this.#settle(now);
  }

  /** What came of the effect `data-key-wanted`. */
  dataKey(dataKey: GeneratedDataKey, now: EpochMillis): ClientChannelEffect[] {
    const answer = this.#isClosed ? undefined : this.#agreement.onDataKey(dataKey);
    if (answer !== undefined) this.#sendStream(answer, now);
    return this.#settle(now);
  }

  /** Takes input for the session, which keeps a view of it. */
  sendInput(bytes: Uint8Array, now: EpochMillis): ClientChannelEffect[] {
    for (let start = 0; start < bytes.length; start += this.#limits.maxPayloadBytes) {
      const payload = bytes.subarray(start, start + this.#limits.maxPayloadBytes);
      this.#input({ payloadType: payloadType.output, payload }, now);
    }
    return this.#settle(now);
  }

  sendFlag(value: number, now: EpochMillis): ClientChannelEffect[] {
    this.#input({ payloadType: payloadType.flag, payload: encodeFlag(value) }, now);
    return this.#settle(now);
  }

  /** Only the newest size counts; one that the server knows is not repeated. */
  resize(size: TerminalSize, now: EpochMillis): ClientChannelEffect[] {
    this.#size = size;
    return this.#settle(now);
  }

  /** When {@link onDeadline} is next due; undefined when nothing is waited for. */
  nextDeadline(): EpochMillis | undefined {
    return this.#isAttached && !this.#isClosed ? this.#window.nextDeadline() : undefined;
  }

  onDeadline(now: EpochMillis): ClientChannelEffect[] {
    const frame = this.nextDeadline() === undefined ? undefined : this.#window.onDeadline(now);
    if (frame !== undefined) this.#send(frame);
    return this.#settle(now);
  }

  #offer(message: ReceivedMessage, now: EpochMillis): void {
    const { messageType, messageId, sequenceNumber } = message;
    const acknowledge = { messageType, messageId, sequenceNumber };
    if (sequenceNumber < this.#inbound.expected) this.#acknowledge(acknowledge, now);
    else {
      const item = { acknowledge, message: decodeServerMessage(message) };
      this.#inbound.offer(sequenceNumber, item, message.payload.length);
    }
  }

  /** Handshakes are ours; the rest goes to the consumer, one after the other. */
  #giveOut(now: EpochMillis): void {
    while (!this.#isConsuming && !this.#agreement.isWaiting) {
      const next = this.#inbound.peek();
      if (next === undefined) return;
      const { message } = next;
      if (message.type === "content" || message.type === "flag") this.#give(message, now);
      else {
        this.#takeItem(now);
        this.#shakeHands(message, now);
      }
    }
  }

  #give(message: ServerContent | ClientOutput, now: EpochMillis): void {
    const output = message.type === "content" ? this.#agreement.open(message) : message;
    this.#begin("", now);
    this.#effects.push(output);
    // Nobody asks any more whether it was taken.
    if (this.#isClosed) this.#inbound.take();
    else this.#isConsuming = true;
  }

  #shakeHands(message: Exclude<ServerMessage, ServerContent | ClientOutput>, now: EpochMillis): void {
    switch (message.type) {
      case "handshake-request": {
        const step = this.#agreement.onRequest(message.request);
        if (step.type === "answer") this.#sendStream(step.answer, now);
        else this.#effects.push(step);
        break;
      }
      case "encryption-challenge":
        this.#sendStream(this.#agreement.onChallenge(message.challenge), now);
        break;
      case "handshake-complete":
        this.#begin(message.complete.customerMessage, now);
        break;
    }
  }

  #takeItem(now: EpochMillis): void {
    const item = this.#inbound.peek();
    if (item === undefined) return;
    this.#inbound.take();
    this.#acknowledge(item.acknowledge, now);
  }

  #begin(customerMessage: string, now: EpochMillis): void {
    if (this.#hasBegun) return;
    this.#effects.push({ type: "session", session: this.#agreement.begin(customerMessage) });
    this.#sendSize(now);
    for (const item of this.#heldInput) this.#sendStream(item, now);
    this.#heldInput = [];
  }

  #input(item: ClientPayload, now: EpochMillis): void {
    if (this.#isClosed) return;
    if (this.#hasBegun) this.#sendStream(item, now);
    else this.#heldInput.push(item);
  }

  /** Without a connection the size waits for one: only the newest is worth sending. */
  #sendSize(now: EpochMillis): void {
    const { session } = this.#agreement;
    if (session === undefined || !isShell(session)) return;
    if (!this.#isAttached || this.#isClosed || this.#window.isFull) return;
    const { columns, rows } = this.#size;
    if (this.#sentSize?.columns === columns && this.#sentSize.rows === rows) return;
    this.#sentSize = this.#size;
    this.#sendStream({ payloadType: payloadType.size, payload: encodeTerminalSize(this.#size) }, now);
  }

  #sendStream(item: ClientPayload, now: EpochMillis): void {
    const sequenceNumber = this.#window.nextSequenceNumber;
    const content = { ...item, payload: this.#agreement.seal(item), sequenceNumber };
    const frame = inputStreamFrame(content, this.#origin(now));
    this.#window.add(frame, this.#isAttached ? now : undefined);
    this.#send(frame);
  }

  #acknowledge(acknowledge: Acknowledge, now: EpochMillis): void {
    this.#send(acknowledgeFrame(acknowledge, this.#origin(now)));
  }

  #origin(now: EpochMillis): { readonly messageId: string; readonly createdAt: EpochMillis } {
    return { messageId: this.#newMessageId(), createdAt: now };
  }

  #send(frame: Uint8Array): void {
    if (this.#isAttached && !this.#isClosed) this.#effects.push({ type: "send", frame });
  }

  /** Takes effect at once: a consumer that takes nothing more would hold it up for ever. */
  #close(output: string, now: EpochMillis): void {
    this.#isClosed = true;
    if (this.#isConsuming) this.#inbound.take();
    this.#isConsuming = false;
    this.#giveOut(now);
    this.#effects.push({ type: "closed", output });
  }

  /** Ends every step: what follows from it, then its effects. */
  #settle(now: EpochMillis): ClientChannelEffect[] {
    if (!this.#isClosed) this.#giveOut(now);
    this.#sendSize(now);
    this.#tellWritable();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #tellWritable(): void {
    if (!this.#hasBegun || this.#window.isFull) this.#isWritable = false;
    else if (!this.#isWritable && this.#window.hasRoom) {
      this.#isWritable = true;
      this.#effects.push({ type: "writable" });
    }
  }
}
