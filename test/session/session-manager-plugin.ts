import { decodeAcknowledge, encodeAcknowledge } from "../../emulator/protocol/acknowledge.ts";
import {
  decodeAgentMessage,
  encodeAgentMessage,
  messageFlags,
  type ReceivedMessage,
  verifyDigest,
} from "../../emulator/protocol/agent-message.ts";
import { decodeChannelClosed } from "../../emulator/protocol/channel-closed.ts";
import { encodeHandshakeResponse } from "../../emulator/protocol/handshake.ts";
import { messageType } from "../../emulator/protocol/message-type.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { encodeTerminalSize } from "../../emulator/protocol/terminal-size.ts";
import type { PortMode } from "../../emulator/session/port-features.ts";

const tickMs = 100;
const timeoutMs = 200;
const handlerDelayMs = 2;
const maxEarlyFrames = 10_000;

/** The rules of session-manager-plugin for a session. @see data-channel reference, sections 4, 7 and 8 */
export class SessionManagerPlugin {
  readonly printed: number[] = [];
  closingOutput: string | undefined;
  /** A multiplexing client that hears anything before it is in place never says a word again. */
  hangs = false;
  unacknowledged: { readonly sequenceNumber: number; readonly frame: Uint8Array; readonly sentAt: number }[] =
    [];
  readonly #mode: PortMode | "shell";
  readonly #send: (frame: Uint8Array) => void;
  readonly #early = new Map<number, ReceivedMessage>();
  #expected = 0;
  #sent = 0;
  #isSessionStarted = false;
  /** When the session handler is in place after HandshakeComplete; what comes before is turned away. */
  #startsAt = Number.POSITIVE_INFINITY;
  #lastTickAt = 0;

  constructor(mode: PortMode | "shell", send: (frame: Uint8Array) => void) {
    this.#mode = mode;
    this.#send = send;
  }

  receive(frame: Uint8Array, now: number): void {
    if (this.closingOutput !== undefined) return;
    if (this.#mode === "mux" && this.#startsAt !== Number.POSITIVE_INFINITY) this.hangs = true;
    const message = decodeAgentMessage(frame);
    if (!verifyDigest(message) || message.createdAt === 0) return;
    switch (message.messageType) {
      case messageType.acknowledge: {
        const { sequenceNumber } = decodeAcknowledge(message.payload);
        this.unacknowledged = this.unacknowledged.filter((sent) => sent.sequenceNumber !== sequenceNumber);
        break;
      }
      case messageType.channelClosed:
        this.closingOutput = decodeChannelClosed(message.payload).output;
        break;
      case messageType.outputStreamData:
        this.#receiveOutput(message, now);
        break;
    }
  }

  /** It is in place for the session. */
  get isStarted(): boolean {
    return this.#isSessionStarted;
  }

  type(bytes: Uint8Array, now: number): void {
    for (let start = 0; start < bytes.length; start += 1024) {
      this.#input(payloadType.output, bytes.subarray(start, start + 1024), now);
    }
  }

  nextTickAt(): number {
    return Math.min(this.#startsAt, this.#lastTickAt + tickMs);
  }

  tick(now: number): void {
    if (now >= this.#startsAt) {
      this.#start(now);
      this.#drain(now);
    }
    if (now < this.#lastTickAt + tickMs) return;
    this.#lastTickAt = now;
    const [oldest] = this.unacknowledged;
    if (oldest !== undefined && now - oldest.sentAt > timeoutMs) this.#send(oldest.frame);
  }

  #receiveOutput(message: ReceivedMessage, now: number): void {
    if (message.sequenceNumber > this.#expected) {
      if (this.#early.size >= maxEarlyFrames) return;
      this.#acknowledge(message, now);
      this.#early.set(message.sequenceNumber, message);
      return;
    }
    if (message.sequenceNumber < this.#expected) return;
    if (!this.#process(message, now)) return;
    this.#acknowledge(message, now);
    this.#expected++;
    this.#drain(now);
  }

  #drain(now: number): void {
    for (;;) {
      const next = this.#early.get(this.#expected);
      if (next === undefined || !this.#process(next, now)) return;
      this.#early.delete(this.#expected++);
    }
  }

  /** False while no session handler is there to take it. */
  #process({ payloadType: type, payload }: ReceivedMessage, now: number): boolean {
    switch (type) {
      case payloadType.handshakeRequest: {
        const action = { actionType: "SessionType", status: 1, result: null, error: "" };
        const response = { clientVersion: "1.2.0.0", actions: [action], errors: [] };
        this.#input(payloadType.handshakeResponse, encodeHandshakeResponse(response), now);
        return true;
      }
      case payloadType.handshakeComplete:
        this.#startsAt = now + handlerDelayMs;
        return true;
      default:
        // Output without any HandshakeComplete is taken as the sign of a shell.
        if (this.#mode === "shell" && !this.#isSessionStarted && this.#startsAt === Number.POSITIVE_INFINITY)
          this.#start(now);
        if (this.#isSessionStarted) this.printed.push(...payload);
        return this.#isSessionStarted;
    }
  }

  #start(now: number): void {
    this.#isSessionStarted = true;
    this.#startsAt = Number.POSITIVE_INFINITY;
    if (this.#mode === "shell")
      this.#input(payloadType.size, encodeTerminalSize({ columns: 90, rows: 30 }), now);
  }

  #input(type: number, payload: Uint8Array, now: number): void {
    const sequenceNumber = this.#sent++;
    const frame = encodeAgentMessage({
      messageType: messageType.inputStreamData,
      createdAt: now,
      sequenceNumber,
      flags: messageFlags.none,
      messageId: crypto.randomUUID(),
      payloadType: type,
      payload,
    });
    this.unacknowledged.push({ sequenceNumber, frame, sentAt: now });
    this.#send(frame);
  }

  #acknowledge(message: ReceivedMessage, now: number): void {
    this.#send(
      encodeAgentMessage({
        messageType: messageType.acknowledge,
        createdAt: now,
        sequenceNumber: 0,
        flags: messageFlags.control,
        messageId: crypto.randomUUID(),
        payloadType: payloadType.none,
        payload: encodeAcknowledge(message),
      }),
    );
  }
}
