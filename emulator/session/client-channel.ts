import type { EpochMillis } from "../clock.ts";
import { type Acknowledge, decodeAcknowledge } from "../protocol/acknowledge.ts";
import { decodeAgentMessage, type ReceivedMessage, verifyDigest } from "../protocol/agent-message.ts";
import { decodeChannelClosed } from "../protocol/channel-closed.ts";
import { encodeFlag } from "../protocol/flag.ts";
import { encodeHandshakeResponse, type HandshakeRequest } from "../protocol/handshake.ts";
import { messageType } from "../protocol/message-type.ts";
import { payloadType } from "../protocol/payload-type.ts";
import { encodeTerminalSize, type TerminalSize } from "../protocol/terminal-size.ts";
import { type ClientChannelLimits, defaultClientChannelLimits } from "./client-channel-limits.ts";
import { answerHandshake, type ClientSession, isShell, sessionWithoutHandshake } from "./client-handshake.ts";
import { type ClientOutput, decodeServerMessage, type ServerMessage } from "./client-output.ts";
import { acknowledgeFrame, inputStreamFrame } from "./frames.ts";
import { InboundSequence } from "./inbound-sequence.ts";
import { OutboundWindow } from "./outbound-window.ts";

/** What the owner of a client's channel is to do, in the order given. */
export type ClientChannelEffect =
  /** Send the frame on the attached connection. */
  | { readonly type: "send"; readonly frame: Uint8Array }
  /** The session has begun; comes before everything for its consumer. */
  | { readonly type: "session"; readonly session: ClientSession }
  /** For the consumer; say {@link ClientChannel.taken} once it has been taken: nothing more comes before. */
  | ClientOutput
  /** The source of the input may go on. */
  | { readonly type: "writable" }
  /** The server has ended the session with this text, and the consumer has all that came before. */
  | { readonly type: "closed"; readonly output: string };

export interface ClientChannelOptions {
  /** Four numbers; agents and servers decide by it which features to use. */
  readonly clientVersion: string;
  readonly size: TerminalSize;
  readonly newMessageId: () => string;
  readonly limits?: Partial<ClientChannelLimits>;
}

interface ServerItem {
  readonly acknowledge: Acknowledge;
  readonly message: ServerMessage;
}

interface StreamItem {
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/**
 * The client's end of a data channel, over all of its connections. Frames, bytes and times go in; effects come out, to
 * be carried out in order. The owner calls {@link onDeadline} at {@link nextDeadline}.
 *
 * It differs from the plugin where the plugin loses things: what comes before a session has begun waits, every frame is
 * acknowledged only once it was taken, and a repeated one again.
 * @see data-channel reference, sections 4 to 9, 12 and 13
 */
export class ClientChannel {
  readonly #clientVersion: string;
  readonly #newMessageId: () => string;
  readonly #limits: ClientChannelLimits;
  readonly #window: OutboundWindow;
  readonly #inbound: InboundSequence<ServerItem>;
  #effects: ClientChannelEffect[] = [];
  #isAttached = false;
  #isWritable = false;

  /** As the handshake has it so far; it begins with `#hasBegun`. */
  #session: ClientSession | undefined;
  #hasBegun = false;
  /** What waits for the session to begin: agents drop input before. */
  #heldInput: StreamItem[] = [];
  #size: TerminalSize;
  #sentSize: TerminalSize | undefined;

  #isConsuming = false;
  #closingOutput: string | undefined;
  #isClosed = false;

  constructor(options: ClientChannelOptions) {
    this.#clientVersion = options.clientVersion;
    this.#size = options.size;
    this.#newMessageId = options.newMessageId;
    this.#limits = { ...defaultClientChannelLimits, ...options.limits };
    this.#window = new OutboundWindow(this.#limits, "acknowledges");
    this.#inbound = new InboundSequence(this.#limits);
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

  /** The server has said its last word, even if the consumer has not taken all before it. */
  get isClosing(): boolean {
    return this.#closingOutput !== undefined;
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
   * @throws ProtocolError for a malformed one, which changes nothing
   */
  receive(frame: Uint8Array, now: EpochMillis): ClientChannelEffect[] {
    const message = decodeAgentMessage(frame);
    if (this.isClosing || !verifyDigest(message)) return [];
    switch (message.messageType) {
      case messageType.acknowledge:
        this.#window.acknowledge(decodeAcknowledge(message.payload).sequenceNumber, now);
        break;
      case messageType.outputStreamData:
        this.#offer(message, now);
        break;
      case messageType.channelClosed:
        this.#closingOutput = decodeChannelClosed(message.payload).output;
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
    return this.#isAttached && !this.isClosing ? this.#window.nextDeadline() : undefined;
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
    for (let next = this.#inbound.peek(); next !== undefined; next = this.#inbound.peek()) {
      const { message } = next;
      switch (message.type) {
        case "handshake-request":
          this.#takeItem(now);
          this.#answer(message.request, now);
          break;
        case "handshake-complete":
          this.#takeItem(now);
          this.#begin(message.complete.customerMessage, now);
          break;
        case "encryption-challenge":
          this.#takeItem(now);
          break;
        default:
          this.#begin("", now);
          this.#isConsuming = true;
          this.#effects.push(message);
          return;
      }
    }
  }

  #takeItem(now: EpochMillis): void {
    const item = this.#inbound.peek();
    if (item === undefined) return;
    this.#inbound.take();
    this.#acknowledge(item.acknowledge, now);
  }

  #answer(request: HandshakeRequest, now: EpochMillis): void {
    const { response, session } = answerHandshake(request, this.#clientVersion);
    if (!this.#hasBegun) this.#session = session;
    this.#sendStream(
      { payloadType: payloadType.handshakeResponse, payload: encodeHandshakeResponse(response) },
      now,
    );
  }

  #begin(customerMessage: string, now: EpochMillis): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#session = { ...(this.#session ?? sessionWithoutHandshake), customerMessage };
    this.#effects.push({ type: "session", session: this.#session });
    this.#sendSize(now);
    for (const item of this.#heldInput) this.#sendStream(item, now);
    this.#heldInput = [];
  }

  #input(item: StreamItem, now: EpochMillis): void {
    if (this.isClosing) return;
    if (this.#hasBegun) this.#sendStream(item, now);
    else this.#heldInput.push(item);
  }

  /** Without a connection the size waits for one: only the newest is worth sending. */
  #sendSize(now: EpochMillis): void {
    if (!this.#hasBegun || this.#session === undefined || !isShell(this.#session)) return;
    if (!this.#isAttached || this.isClosing || this.#window.isFull) return;
    const { columns, rows } = this.#size;
    if (this.#sentSize?.columns === columns && this.#sentSize.rows === rows) return;
    this.#sentSize = this.#size;
    this.#sendStream({ payloadType: payloadType.size, payload: encodeTerminalSize(this.#size) }, now);
  }

  #sendStream(item: StreamItem, now: EpochMillis): void {
    const sequenceNumber = this.#window.nextSequenceNumber;
    const frame = inputStreamFrame({ ...item, sequenceNumber }, this.#origin(now));
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
    if (this.#isAttached) this.#effects.push({ type: "send", frame });
  }

  /** Ends every step: what follows from it, then its effects. */
  #settle(now: EpochMillis): ClientChannelEffect[] {
    if (!this.#isConsuming) this.#giveOut(now);
    this.#sendSize(now);
    this.#tellWritable();
    if (this.#closingOutput !== undefined && !this.#isConsuming && !this.#isClosed) {
      this.#isClosed = true;
      this.#effects.push({ type: "closed", output: this.#closingOutput });
    }
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
