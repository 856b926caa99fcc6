import type { EpochMillis } from "../clock.ts";
import { type Acknowledge, decodeAcknowledge } from "../protocol/acknowledge.ts";
import { decodeAgentMessage, type ReceivedMessage } from "../protocol/agent-message.ts";
import { flag } from "../protocol/flag.ts";
import { messageType } from "../protocol/message-type.ts";
import { payloadType } from "../protocol/payload-type.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import { ChannelClosing } from "./channel-closing.ts";
import { type ClientInput, decodeClientInput } from "./client-input.ts";
import type { DataChannelEffect } from "./data-channel-effect.ts";
import { defaultDataChannelLimits, portDataChannelLimits } from "./data-channel-limits.ts";
import type { DataChannelOptions } from "./data-channel-options.ts";
import { acknowledgeFrame } from "./frames.ts";
import { type IncomingStage, IncomingStream } from "./incoming-stream.ts";
import { OutgoingStream } from "./outgoing-stream.ts";
import type { OutputKind } from "./output-kind.ts";
import { type HandshakeStep, ServerHandshake } from "./server-handshake.ts";

export type { DataChannelEffect } from "./data-channel-effect.ts";
export type { DataChannelOptions } from "./data-channel-options.ts";

/**
 * The server's end of a session's data channel, over all connections of its client. Frames, bytes and times go in;
 * effects come out, to be carried out in order. The owner calls {@link onDeadline} at {@link nextDeadline}.
 * @see data-channel reference, sections 7 to 9, 12 to 14 and 16
 */
export class DataChannel {
  readonly #newMessageId: () => string;
  readonly #handshake: ServerHandshake;
  readonly #outgoing: OutgoingStream;
  readonly #incoming: IncomingStream;
  readonly #closing: ChannelClosing;
  #effects: DataChannelEffect[] = [];
  #clientId = "";
  /** A size that no plugin was told yet. */
  #newSize: TerminalSize | undefined;

  constructor(options: DataChannelOptions) {
    const { sessionId, newMessageId } = options;
    const session = options.session ?? { type: "Standard_Stream", properties: null };
    const usual = session.type === "Port" ? portDataChannelLimits : defaultDataChannelLimits;
    const limits = { ...usual, ...options.limits };
    this.#newMessageId = newMessageId;
    this.#handshake = new ServerHandshake({ ...options, session, limits });
    this.#incoming = new IncomingStream(limits);
    this.#closing = new ChannelClosing({ ...limits, sessionId, newMessageId });
    this.#outgoing = new OutgoingStream({
      isText: session.type !== "Port",
      limits,
      newMessageId,
      transmit: (frame) => this.#effects.push({ type: "send", frame }),
    });
  }

  /** False from when the source of the output should pause until the effect `writable`. */
  get writable(): boolean {
    return this.#outgoing.isWritable;
  }

  /** The session begins: from now on it waits for a handshake that it requires, even while no client comes. */
  begin(now: EpochMillis): DataChannelEffect[] {
    this.#handshake.begin(now);
    return this.#settle(now);
  }

  /** A client has presented a valid token: the first, the same after a lost connection, or another in its place. */
  attachClient(now: EpochMillis, clientId = ""): DataChannelEffect[] {
    this.#clientId = clientId;
    this.#closing.clientAttached(now);
    this.#outgoing.attach();
    if (this.#closing.frame !== undefined) this.#effects.push({ type: "send", frame: this.#closing.frame });
    else this.#greet(now);
    return this.#settle(now);
  }

  /** The client's connection is gone: nothing is sent until one is attached. */
  detachClient(): void {
    this.#outgoing.detach();
  }

  /**
   * Takes a binary frame of the attached client.
   * @throws ProtocolError for a malformed one, which changes nothing
   */
  receive(frame: Uint8Array, now: EpochMillis): DataChannelEffect[] {
    const message = decodeAgentMessage(frame);
    switch (message.messageType) {
      case messageType.acknowledge:
        this.#acknowledged(decodeAcknowledge(message.payload).sequenceNumber, now);
        break;
      case messageType.inputStreamData: {
        const input = decodeClientInput(message);
        if (this.#outgoing.isAttached && this.#closing.frame === undefined) this.#offer(message, input, now);
        break;
      }
    }
    return this.#settle(now);
  }

  /** Takes output of the session's plugin; it keeps views of `bytes`, so do not reuse them. */
  sendOutput(bytes: Uint8Array, now: EpochMillis, kind: OutputKind = "output"): DataChannelEffect[] {
    if (this.#takesOutput) this.#outgoing.pushOutput(bytes, kind, now);
    return this.#settle(now);
  }

  /** Takes a flag, see `protocol/flag.ts`; the client gets it after the output before it. */
  sendFlag(value: number, now: EpochMillis): DataChannelEffect[] {
    if (this.#takesOutput) this.#outgoing.pushFlag(value, now);
    return this.#settle(now);
  }

  /** The plugin takes input from now on. Until then a client's input is neither given out nor acknowledged. */
  acceptInput(now: EpochMillis): DataChannelEffect[] {
    this.#incoming.accept();
    this.#resize();
    this.#takeInput(now);
    return this.#settle(now);
  }

  /** The plugin takes no input for a while: lets it wait until {@link acceptInput}. */
  holdInput(): void {
    this.#incoming.hold();
  }

  /**
   * Ends the channel once the client has all output, with `output` as the closing message's text; without a client,
   * once one is attached. Only the first call counts.
   */
  close(output: string, now: EpochMillis): DataChannelEffect[] {
    this.#closing.begin(output, now);
    this.#handshake.abandon(now);
    return this.#settle(now);
  }

  /** When {@link onDeadline} is next due; undefined when nothing is waited for. */
  nextDeadline(): EpochMillis | undefined {
    if (this.#closing.frame !== undefined) return undefined;
    // The agent waits for the handshake whether or not there is a client.
    if (!this.#outgoing.isAttached) return this.#handshake.isDemanded ? this.#handshake.deadline : undefined;
    const resendAt = this.#handshake.isMuted ? undefined : this.#outgoing.nextDeadline();
    const deadlines = [this.#handshake.deadline, this.#closing.deadline, resendAt];
    const pending = deadlines.filter((deadline) => deadline !== undefined);
    return pending.length === 0 ? undefined : Math.min(...pending);
  }

  onDeadline(now: EpochMillis): DataChannelEffect[] {
    const deadline = this.nextDeadline();
    if (deadline === undefined || now < deadline) return [];
    const overdueAt = this.#handshake.deadline;
    if (overdueAt !== undefined && now >= overdueAt) this.#handshakeOverdue(now);
    if (!this.#handshake.isMuted) this.#outgoing.onDeadline(now);
    return this.#settle(now);
  }

  get #takesOutput(): boolean {
    return !this.#closing.hasBegun && this.#handshake.takesOutput;
  }

  /** A client that comes only to hear the end is spared the handshake. */
  #greet(now: EpochMillis): void {
    const isLate = this.#closing.hasBegun && !this.#outgoing.holdsOutput;
    if (isLate && this.#outgoing.isUntouched) return;
    this.#handshake.clientAttached(now);
    this.#outgoing.resend(now);
    if (this.#outgoing.isAcknowledged) this.#handshake.acknowledged(now);
    if (!this.#outgoing.isUntouched) return;
    this.#outgoing.post(payloadType.handshakeRequest, this.#handshake.request(), now);
  }

  #acknowledged(sequenceNumber: number, now: EpochMillis): void {
    const wasAcknowledged = this.#outgoing.isAcknowledged;
    this.#outgoing.acknowledge(sequenceNumber, now);
    if (!wasAcknowledged && this.#outgoing.isAcknowledged) this.#handshake.acknowledged(now);
  }

  #handshakeOverdue(now: EpochMillis): void {
    if (this.#handshake.needsAcknowledge && !this.#outgoing.isAcknowledged) {
      this.#handshake.prolong(now);
      this.#outgoing.onDeadline(now);
      return;
    }
    this.#perform(this.#handshake.expire(now), now);
  }

  #offer(message: ReceivedMessage, input: ClientInput, now: EpochMillis): void {
    const { messageType, messageId, sequenceNumber } = message;
    const acknowledge = { messageType, messageId, sequenceNumber };
    const reception = this.#incoming.offer(acknowledge, input, message);
    if (reception === "early" || reception === "duplicate") this.#acknowledge(acknowledge, now);
    this.#takeInput(now);
  }

  #takeInput(now: EpochMillis): void {
    for (let next = this.#incoming.peek(); next !== undefined; next = this.#incoming.peek()) {
      if (isData(next)) this.#perform(this.#handshake.hearData(now), now);
      if (next.type === "challenge-response" && this.#handshake.refuses(next.sealed)) return;
      const taken = this.#incoming.take(this.#stage);
      if (taken === undefined) return;
      // The plugin wants its response acknowledged before the handshake is complete.
      if (taken.acknowledge !== undefined) this.#acknowledge(taken.acknowledge, now);
      this.#giveOut(taken.input, now);
    }
  }

  get #stage(): IncomingStage {
    if (this.#closing.hasBegun) return "end";
    return this.#handshake.isDemanded ? "handshake" : "session";
  }

  #giveOut(input: ClientInput, now: EpochMillis): void {
    switch (input.type) {
      case "output":
        this.#effects.push({ type: "input", bytes: input.bytes });
        break;
      case "size":
        this.#newSize = input.size;
        this.#resize();
        break;
      case "handshake-response":
        this.#perform(this.#handshake.respond(input.response, now), now);
        break;
      case "challenge-response":
        this.#perform(this.#handshake.confirm(now), now);
        break;
      case "flag":
        this.#effects.push(
          input.value === flag.terminateSession
            ? { type: "terminate-requested" }
            : { type: "flag", value: input.value },
        );
        break;
      case "unknown":
        break;
    }
  }

  #perform(step: HandshakeStep | undefined, now: EpochMillis): void {
    switch (step?.type) {
      case "challenge":
        this.#incoming.openWith(step.cipher);
        this.#outgoing.sealWith(step.cipher);
        this.#outgoing.post(payloadType.encryptionChallengeRequest, step.payload, now);
        break;
      case "complete":
        this.#effects.push({ type: "client-ready", clientVersion: step.clientVersion });
        this.#outgoing.post(payloadType.handshakeComplete, step.payload, now);
        break;
      case "skip":
        this.#effects.push({ type: "client-ready", clientVersion: undefined });
        this.#outgoing.open(now);
        break;
      case "open":
        this.#outgoing.open(now);
        break;
      case "fail":
        this.#outgoing.discard();
        this.#effects.push({ type: "failed", reason: step.reason });
        break;
    }
  }

  #resize(): void {
    if (this.#newSize === undefined || !this.#incoming.isAccepted) return;
    if (!this.#closing.hasBegun) this.#effects.push({ type: "resize", ...this.#newSize });
    this.#newSize = undefined;
  }

  /** What is left out while the client is not to hear anything, it asks for by sending again. */
  #acknowledge(acknowledge: Acknowledge, now: EpochMillis): void {
    if (!this.#outgoing.isAttached || this.#handshake.isMuted) return;
    const frame = acknowledgeFrame(acknowledge, { messageId: this.#newMessageId(), createdAt: now });
    this.#effects.push({ type: "send", frame });
  }

  /** Ends every step: what follows from it, then its effects. */
  #settle(now: EpochMillis): DataChannelEffect[] {
    if (this.#outgoing.wake()) this.#effects.push({ type: "writable" });
    this.#finishClosing(now);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #finishClosing(now: EpochMillis): void {
    if (!this.#closing.hasBegun || this.#closing.frame !== undefined || !this.#outgoing.isAttached) return;
    const isDrained =
      this.#outgoing.isAcknowledged && !this.#outgoing.holdsOutput && !this.#handshake.isMuted;
    if (!isDrained && !this.#closing.isOverdue(now)) return;
    // Only reached when the client was too slow: what is held still goes out first.
    if (this.#outgoing.holdsOutput) this.#perform(this.#handshake.expire(now), now);
    this.#effects.push(
      { type: "send", frame: this.#closing.finish(this.#clientId, now) },
      { type: "closed" },
    );
  }
}

/** It comes only from a client that is in place for the session. */
function isData({ type }: ClientInput): boolean {
  return type === "output" || type === "size" || type === "flag";
}
