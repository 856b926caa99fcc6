import { type RawData, WebSocket } from "ws";
import { encodeAcknowledge } from "../../emulator/protocol/acknowledge.ts";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeChannelClosed } from "../../emulator/protocol/channel-closed.ts";
import { messageType } from "../../emulator/protocol/message-type.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import type { StartedSession } from "../helpers/ssm-session-client.ts";
import { clientFrame, sizeFrame } from "../session/client-frames.ts";

/** A client that opens the channel as the plugin does and then sends whatever frames a test gives it. */
export class RawClient implements AsyncDisposable {
  /** The text of the closing message. */
  readonly told: Promise<string>;
  /** The socket's close code. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  #output = "";
  #nextSequenceNumber = 0;
  #onOutput: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    const told = Promise.withResolvers<string>();
    this.told = told.promise;
    this.closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => {});
    socket.on("message", (data: RawData) => {
      const message = decodeAgentMessage(new Uint8Array(data as ArrayBuffer));
      if (message.messageType === messageType.channelClosed) {
        told.resolve(decodeChannelClosed(message.payload).output);
      } else if (message.messageType === messageType.outputStreamData) {
        this.send(clientFrame(0, payloadType.none, encodeAcknowledge(message), messageType.acknowledge));
        if (message.payloadType === payloadType.output) this.#take(message.payload);
      }
    });
  }

  /** Opens the data channel; nothing is sent yet. */
  static async dial(url: string | undefined): Promise<RawClient> {
    const socket = new WebSocket(url ?? "");
    socket.binaryType = "arraybuffer";
    const client = new RawClient(socket);
    await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    return client;
  }

  /** Opens the data channel and sends the token and a size. */
  static async open(start: StartedSession, tokenValue = start.TokenValue): Promise<RawClient> {
    const client = await RawClient.dial(start.StreamUrl);
    client.sendToken(tokenValue);
    client.send(sizeFrame(client.#nextSequenceNumber++, 80, 24));
    return client;
  }

  /** Opens the data channel anew where another connection of the same client has left off. */
  static async resume(client: RawClient, start: StartedSession): Promise<RawClient> {
    const next = await RawClient.dial(start.StreamUrl);
    next.#nextSequenceNumber = client.#nextSequenceNumber;
    next.sendToken(start.TokenValue);
    return next;
  }

  sendToken(TokenValue: string | undefined): void {
    const RequestId = crypto.randomUUID();
    const ClientId = crypto.randomUUID();
    this.send(JSON.stringify({ MessageSchemaVersion: "1.0", RequestId, TokenValue, ClientId }));
  }

  send(frame: string | Uint8Array): void {
    this.#socket.send(frame);
  }

  /** Sends input in one frame. */
  type(input: string | Uint8Array): void {
    const bytes = Buffer.from(input);
    this.send(clientFrame(this.#nextSequenceNumber++, payloadType.output, bytes));
  }

  /** Waits until all output so far contains the text. */
  async expectText(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#onOutput = resolve;
      });
    }
  }

  /** Resets the connection, as a machine that loses its network in the end does. */
  vanish(): void {
    this.#socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.vanish();
  }

  #take(payload: Uint8Array): void {
    this.#output += Buffer.from(payload).toString();
    this.#onOutput();
  }
}
