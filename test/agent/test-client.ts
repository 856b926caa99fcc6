import type { AttachedClient, ClientConnection } from "../../emulator/agent/client-connection.ts";
import { decodeAcknowledge } from "../../emulator/protocol/acknowledge.ts";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeChannelClosed } from "../../emulator/protocol/channel-closed.ts";
import { messageType } from "../../emulator/protocol/message-type.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import {
  acknowledgeFrameOf,
  flagFrame,
  inputFrame,
  responseFrame,
  sizeFrame,
  summary,
} from "../session/client-frames.ts";

/**
 * A client of a shell session, over all its connections. It acknowledges, answers the handshake and tells its size by
 * itself; after a lost connection it sends again what was not acknowledged, as the stock plugin does.
 */
export class TestClient {
  /** What it was sent, a line a frame. */
  readonly heard: string[] = [];
  /** Text of the closing message. */
  closingOutput: string | undefined;
  /** The session has dropped its connection. */
  isDropped = false;
  /** False: it reads and says nothing by itself. */
  answers = true;
  #attached: AttachedClient | undefined;
  #nextInput = 0;
  readonly #unacknowledged = new Map<number, Uint8Array>();
  readonly #printed = new Map<number, string>();

  connect(attach: (connection: ClientConnection) => AttachedClient): void {
    this.isDropped = false;
    let isOpen = true;
    const connection: ClientConnection = {
      send: (frame) => queueMicrotask(() => isOpen && this.#hear(frame)),
      // What was sent before is still delivered, as by a socket.
      close: () => {
        this.isDropped = true;
        queueMicrotask(() => {
          isOpen = false;
        });
      },
      cut: () => this.lose(),
      fail: (error) => {
        throw error;
      },
    };
    const attached = attach(connection);
    this.#attached = {
      receive: (frame) => isOpen && attached.receive(frame),
      lost: () => {
        isOpen = false;
        attached.lost();
      },
    };
    for (const frame of this.#unacknowledged.values()) this.#attached.receive(frame);
  }

  /** The network drops the connection, with all that is on its way. */
  lose(): void {
    this.#attached?.lost();
    this.#attached = undefined;
  }

  /** All output, each frame once and in its place. */
  get output(): string {
    const frames = [...this.#printed].sort(([one], [other]) => one - other);
    return frames.map(([, text]) => text).join("");
  }

  type(text: string): void {
    this.#input((sequenceNumber) => inputFrame(sequenceNumber, text));
  }

  resize(columns: number, rows: number): void {
    this.#input((sequenceNumber) => sizeFrame(sequenceNumber, columns, rows));
  }

  flag(value: number): void {
    this.#input((sequenceNumber) => flagFrame(sequenceNumber, value));
  }

  failHandshake(error: string): void {
    this.#input((sequenceNumber) => responseFrame(sequenceNumber, 2, error));
  }

  receiveRaw(frame: Uint8Array): void {
    this.#attached?.receive(frame);
  }

  /** How much of what was typed is not acknowledged. */
  get unacknowledged(): number {
    return this.#unacknowledged.size;
  }

  #input(encode: (sequenceNumber: number) => Uint8Array): void {
    const sequenceNumber = this.#nextInput++;
    const frame = encode(sequenceNumber);
    this.#unacknowledged.set(sequenceNumber, frame);
    this.#attached?.receive(frame);
  }

  #hear(frame: Uint8Array): void {
    this.heard.push(...summary([{ type: "send", frame }]));
    const message = decodeAgentMessage(frame);
    switch (message.messageType) {
      case messageType.acknowledge:
        this.#unacknowledged.delete(decodeAcknowledge(message.payload).sequenceNumber);
        break;
      case messageType.channelClosed:
        this.closingOutput = decodeChannelClosed(message.payload).output;
        break;
      case messageType.outputStreamData:
        if (this.answers) this.#answer(message);
        break;
    }
  }

  #answer({ sequenceNumber, payloadType: type, payload }: ReturnType<typeof decodeAgentMessage>): void {
    const isNew = !this.#printed.has(sequenceNumber);
    this.#printed.set(sequenceNumber, type === payloadType.output ? Buffer.from(payload).toString() : "");
    this.#attached?.receive(acknowledgeFrameOf(sequenceNumber));
    if (isNew && type === payloadType.handshakeRequest) this.#input((number) => responseFrame(number));
    if (isNew && type === payloadType.handshakeComplete) this.resize(90, 30);
  }
}
