import type { EpochMillis } from "../clock.ts";
import { type Acknowledge, decodeAcknowledge } from "../protocol/acknowledge.ts";
import { decodeAgentMessage, type ReceivedMessage } from "../protocol/agent-message.ts";
import { encodeChannelClosed } from "../protocol/channel-closed.ts";
import { flag } from "../protocol/flag.ts";
import {
  encodeHandshakeComplete,
  encodeHandshakeRequest,
  type HandshakeResponse,
  type SessionTypeParameters,
} from "../protocol/handshake.ts";
import { messageType } from "../protocol/message-type.ts";
import { payloadType } from "../protocol/payload-type.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import { type ClientInput, decodeClientInput } from "./client-input.ts";
import type { DataChannelEffect } from "./data-channel-effect.ts";
import { type DataChannelLimits, defaultDataChannelLimits } from "./data-channel-limits.ts";
import { acknowledgeFrame, outputStreamFrame } from "./frames.ts";
import { InboundSequence } from "./inbound-sequence.ts";
import { OutboundWindow } from "./outbound-window.ts";
import { type HandshakeEvent, handshakeFailure, ShellHandshake } from "./shell-handshake.ts";
import { cutAtCharacters, Utf8Boundary } from "./utf8-boundary.ts";

export type { DataChannelEffect } from "./data-channel-effect.ts";

export interface DataChannelOptions {
  readonly sessionId: string;
  /** Four numbers, e.g. `3.3.1957.0`. */
  readonly agentVersion: string;
  readonly newMessageId: () => string;
  readonly limits?: Partial<DataChannelLimits>;
}

interface InputItem {
  readonly acknowledge: Acknowledge;
  readonly input: ClientInput;
}

const nanosPerMilli = 1_000_000;

/**
 * The server's end of a shell session's data channel, over all connections of its client. Frames, bytes and times go
 * in; effects come out, to be carried out in order. The owner calls {@link onDeadline} at {@link nextDeadline}.
 * @see data-channel reference, sections 7 to 9, 12, 13 and 16
 */
export class DataChannel {
  readonly #sessionId: string;
  readonly #agentVersion: string;
  readonly #newMessageId: () => string;
  readonly #limits: DataChannelLimits;
  readonly #handshake: ShellHandshake;
  readonly #window: OutboundWindow;
  readonly #inbound: InboundSequence<InputItem>;
  readonly #boundary = new Utf8Boundary();
  #effects: DataChannelEffect[] = [];

  #clientId = "";
  #isAttached = false;

  /** Output that waits for the client to be ready for it. */
  #heldOutput: Uint8Array[] = [];
  #isWritable = true;
  #acceptsInput = false;
  /** A size that no shell was told yet. */
  #newSize: TerminalSize | undefined;

  #closingOutput: string | undefined;
  #drainDeadline: EpochMillis | undefined;
  #closingFrame: Uint8Array | undefined;

  constructor(options: DataChannelOptions) {
    this.#sessionId = options.sessionId;
    this.#agentVersion = options.agentVersion;
    this.#newMessageId = options.newMessageId;
    this.#limits = { ...defaultDataChannelLimits, ...options.limits };
    this.#handshake = new ShellHandshake(this.#limits);
    this.#window = new OutboundWindow(this.#limits);
    this.#inbound = new InboundSequence(this.#limits);
  }

  /** False from when the source of the output should pause until the effect `writable`. */
  get writable(): boolean {
    return this.#isWritable;
  }

  /** A client has presented a valid token: the first, the same after a lost connection, or another in its place. */
  attachClient(now: EpochMillis, clientId = ""): DataChannelEffect[] {
    this.#isAttached = true;
    this.#clientId = clientId;
    if (this.#closingFrame !== undefined) return [{ type: "send", frame: this.#closingFrame }];
    if (this.#closingOutput !== undefined) this.#drainDeadline = now + this.#limits.drainPatienceMs;
    if (this.#handshake.phase === "unopened") this.#greet(now);
    else this.#resume(now);
    return this.#settle(now);
  }

  /** The client's connection is gone: nothing is sent, and no deadline runs, until one is attached. */
  detachClient(): void {
    this.#isAttached = false;
  }

  /**
   * Takes a binary frame of the attached client.
   * @throws ProtocolError for a malformed one, which changes nothing
   */
  receive(frame: Uint8Array, now: EpochMillis): DataChannelEffect[] {
    const message = decodeAgentMessage(frame);
    switch (message.messageType) {
      case messageType.acknowledge: {
        const { sequenceNumber } = decodeAcknowledge(message.payload);
        if (this.#isAttached) this.#window.acknowledge(sequenceNumber, now);
        break;
      }
      case messageType.inputStreamData: {
        const input = decodeClientInput(message);
        if (this.#isAttached && this.#closingFrame === undefined) this.#offer(message, input, now);
        break;
      }
    }
    return this.#settle(now);
  }

  /** Takes output of the shell; it keeps views of `bytes`, so do not reuse them. */
  sendOutput(bytes: Uint8Array, now: EpochMillis): DataChannelEffect[] {
    if (this.#closingOutput !== undefined || this.#handshake.phase === "failed") return [];
    const whole = this.#boundary.push(bytes);
    if (whole.length > 0) {
      if (this.#handshake.phase === "open") this.#sendOutput(whole, now);
      else this.#heldOutput.push(whole);
    }
    if (this.#heldOutput.length > 0 || this.#window.isFull) this.#isWritable = false;
    return this.#settle(now);
  }

  /** The shell takes input from now on. Until then a client's input is neither given out nor acknowledged. */
  acceptInput(now: EpochMillis): DataChannelEffect[] {
    this.#acceptsInput = true;
    this.#resize();
    this.#takeInput(now);
    return this.#settle(now);
  }

  /** The shell takes no input for a while: lets it wait until {@link acceptInput}. */
  holdInput(): void {
    this.#acceptsInput = false;
  }

  /**
   * Ends the channel once the client has all output, with `output` as the closing message's text; without a client,
   * once one is attached. Only the first call counts.
   */
  close(output: string, now: EpochMillis): DataChannelEffect[] {
    if (this.#closingOutput === undefined) {
      this.#closingOutput = output;
      this.#drainDeadline = now + this.#limits.drainPatienceMs;
    }
    return this.#settle(now);
  }

  /** When {@link onDeadline} is next due; undefined when nothing is waited for. */
  nextDeadline(): EpochMillis | undefined {
    if (!this.#isAttached || this.#closingFrame !== undefined) return undefined;
    const deadlines = [this.#handshake.deadline, this.#drainDeadline, this.#window.nextDeadline()];
    const pending = deadlines.filter((deadline) => deadline !== undefined);
    return pending.length === 0 ? undefined : Math.min(...pending);
  }

  onDeadline(now: EpochMillis): DataChannelEffect[] {
    const deadline = this.nextDeadline();
    if (deadline === undefined || now < deadline) return [];
    const overdueAt = this.#handshake.deadline;
    if (overdueAt !== undefined && now >= overdueAt) this.#advance("overdue", now);
    const frame = this.#window.onDeadline(now);
    if (frame !== undefined) this.#send(frame);
    return this.#settle(now);
  }

  /** The first client. One that comes only to hear the end is spared the handshake. */
  #greet(now: EpochMillis): void {
    if (this.#closingOutput !== undefined && this.#heldOutput.length === 0) return;
    this.#advance("client-attached", now);
    const parameters: SessionTypeParameters = { SessionType: "Standard_Stream", Properties: null };
    const actions = [{ actionType: "SessionType", parameters }];
    const request = encodeHandshakeRequest({ agentVersion: this.#agentVersion, actions });
    this.#sendStream(payloadType.handshakeRequest, request, now);
  }

  #resume(now: EpochMillis): void {
    this.#advance("client-attached", now);
    const unacknowledged = this.#window.resendAll(now);
    for (const frame of unacknowledged) this.#send(frame);
    // The client is silent about frames that it has already. To a new one it must answer, and that tells.
    if (unacknowledged.length > 0 && this.#handshake.phase === "open" && this.#window.takesProbe) {
      this.#sendStream(payloadType.output, new Uint8Array(0), now);
    }
  }

  #offer(message: ReceivedMessage, input: ClientInput, now: EpochMillis): void {
    const { messageType, messageId, sequenceNumber } = message;
    const acknowledge = { messageType, messageId, sequenceNumber };
    const reception = this.#inbound.offer(sequenceNumber, { acknowledge, input }, message.payload.length);
    if (reception === "early" || reception === "duplicate") this.#acknowledge(acknowledge, now);
    this.#takeInput(now);
  }

  #takeInput(now: EpochMillis): void {
    for (let next = this.#inbound.peek(); next !== undefined; next = this.#inbound.peek()) {
      const { input, acknowledge } = next;
      if (input.type === "output" || input.type === "size") this.#advance("data-received", now);
      if (input.type === "output" && !this.#acceptsInput && this.#closingOutput === undefined) return;
      const { acknowledged } = this.#inbound.take();
      // The plugin wants its response acknowledged before the handshake is complete.
      if (!acknowledged) this.#acknowledge(acknowledge, now);
      this.#giveOut(input, now);
    }
  }

  #giveOut(input: ClientInput, now: EpochMillis): void {
    switch (input.type) {
      case "output":
        if (this.#closingOutput === undefined) this.#effects.push({ type: "input", bytes: input.bytes });
        break;
      case "size":
        this.#newSize = input.size;
        this.#resize();
        break;
      case "handshake-response":
        // One that comes too late finds a session that goes on without.
        if (this.#handshake.phase === "requested") this.#completeHandshake(input.response, now);
        break;
      case "flag":
        if (input.value === flag.terminateSession) this.#effects.push({ type: "terminate-requested" });
        break;
      case "unknown":
        break;
    }
  }

  #completeHandshake(response: HandshakeResponse, now: EpochMillis): void {
    const failure = handshakeFailure(response);
    if (failure !== undefined) {
      this.#advance("response-failed", now);
      this.#heldOutput = [];
      this.#effects.push({ type: "failed", reason: failure });
      return;
    }
    this.#advance("response-succeeded", now);
    this.#effects.push({ type: "client-ready", clientVersion: response.clientVersion });
    const timeToCompleteNs = this.#handshake.elapsedMs(now) * nanosPerMilli;
    const complete = encodeHandshakeComplete({ timeToCompleteNs, customerMessage: "" });
    this.#sendStream(payloadType.handshakeComplete, complete, now);
  }

  /** Once the client is ready for output, it gets what was held for it. */
  #advance(event: HandshakeEvent, now: EpochMillis): void {
    const from = this.#handshake.phase;
    this.#handshake.advance(event, now);
    if (this.#handshake.phase !== "open" || from === "open") return;
    if (from === "requested") this.#effects.push({ type: "client-ready", clientVersion: undefined });
    const held = this.#heldOutput;
    this.#heldOutput = [];
    for (const bytes of held) this.#sendOutput(bytes, now);
  }

  #resize(): void {
    if (this.#newSize === undefined || !this.#acceptsInput) return;
    if (this.#closingOutput === undefined) this.#effects.push({ type: "resize", ...this.#newSize });
    this.#newSize = undefined;
  }

  #sendOutput(bytes: Uint8Array, now: EpochMillis): void {
    for (const payload of cutAtCharacters(bytes, this.#limits.maxPayloadBytes)) {
      this.#sendStream(payloadType.output, payload, now);
    }
  }

  #sendStream(payloadType: number, payload: Uint8Array, now: EpochMillis): void {
    const sequenceNumber = this.#window.nextSequenceNumber;
    const origin = { messageId: this.#newMessageId(), createdAt: now };
    const frame = outputStreamFrame({ payloadType, payload, sequenceNumber }, origin);
    this.#window.add(frame, this.#isAttached ? now : undefined);
    this.#send(frame);
  }

  #acknowledge(acknowledge: Acknowledge, now: EpochMillis): void {
    this.#send(acknowledgeFrame(acknowledge, { messageId: this.#newMessageId(), createdAt: now }));
  }

  #send(frame: Uint8Array): void {
    if (this.#isAttached) this.#effects.push({ type: "send", frame });
  }

  /** Ends every step: what follows from it, then its effects. */
  #settle(now: EpochMillis): DataChannelEffect[] {
    if (!this.#isWritable && this.#heldOutput.length === 0 && this.#window.hasRoom) {
      this.#isWritable = true;
      this.#effects.push({ type: "writable" });
    }
    this.#finishClosing(now);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #finishClosing(now: EpochMillis): void {
    if (this.#closingOutput === undefined || this.#closingFrame !== undefined || !this.#isAttached) return;
    const isDrained = this.#window.isEmpty && this.#heldOutput.length === 0;
    const isOverdue = this.#drainDeadline !== undefined && now >= this.#drainDeadline;
    if (!isDrained && !isOverdue) return;
    // Only reached when the client was too slow: what is held still goes out first.
    if (this.#heldOutput.length > 0) this.#advance("overdue", now);
    this.#closingFrame = encodeChannelClosed({
      messageId: this.#newMessageId(),
      createdAt: now,
      sessionId: this.#sessionId,
      destinationId: this.#clientId,
      output: this.#closingOutput,
    });
    this.#send(this.#closingFrame);
    this.#effects.push({ type: "closed" });
  }
}
