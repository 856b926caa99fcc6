import { createRequire } from "node:module";
import { WebSocket } from "ws";

interface DecodedMessage {
  readonly messageType: string;
  readonly sequenceNumber: number;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

interface SsmSession {
  init(socket: WebSocket, options: { token: string; termOptions: { cols: number; rows: number } }): void;
  decode(frame: ArrayBuffer): DecodedMessage;
  sendACK(socket: WebSocket, message: DecodedMessage): void;
  sendText(socket: WebSocket, text: Uint8Array, sequenceNumber: number): void;
}

const { ssm: library } = createRequire(import.meta.url)("ssm-session") as { readonly ssm: SsmSession };

const defaultTimeoutMs = 20_000;

/** As StartSession answers. */
export interface StartedSession {
  readonly SessionId?: string | undefined;
  readonly StreamUrl?: string | undefined;
  readonly TokenValue?: string | undefined;
}

/** A session held by `ssm-session`, a client that shares no code with the stock plugin. */
export class SsmSessionClient {
  readonly #socket: WebSocket;
  readonly sessionId: string;
  /** Resolves to what the server says at the end. */
  readonly closed: Promise<string>;
  #output = "";
  #seen = 0;
  /** The size is number 0. The library counts too, but all its sessions together. */
  #nextSequenceNumber = 1;
  #expectedSequenceNumber = 0;
  #onChange: () => void = () => {};

  constructor(start: StartedSession) {
    const { SessionId: sessionId = "", StreamUrl: url = "", TokenValue: token = "" } = start;
    this.sessionId = sessionId;
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = "arraybuffer";
    const closed = Promise.withResolvers<string>();
    this.closed = closed.promise;
    this.#socket.on("open", () => {
      library.init(this.#socket, { token, termOptions: { cols: 80, rows: 24 } });
    });
    this.#socket.on("error", (error) => closed.reject(error));
    this.#socket.on("message", (data) => {
      const message = library.decode(data as ArrayBuffer);
      library.sendACK(this.#socket, message);
      if (message.messageType.includes("channel_closed")) {
        const { Output } = JSON.parse(Buffer.from(message.payload).toString()) as { Output: string };
        closed.resolve(Output);
      } else if (message.messageType.includes("output_stream_data")) {
        this.#takeOutput(message);
      }
      this.#onChange();
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Sends ASCII, which is all the library can, in one frame. */
  type(text: string): void {
    library.sendText(this.#socket, Buffer.from(text), this.#nextSequenceNumber++);
  }

  /** Waits until the text shows up behind what earlier calls have found, and gives what came before it. */
  async expectText(expected: string, timeoutMs = defaultTimeoutMs): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const index = this.#output.indexOf(expected, this.#seen);
      if (index >= 0) {
        const before = this.#output.slice(this.#seen, index);
        this.#seen = index + expected.length;
        return before;
      }
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`No ${expected} in ${JSON.stringify(this.#output)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#onChange = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The next whole line, without control sequences. */
  async expectLine(): Promise<string> {
    return (await this.expectText("\r\n")).replace("\u001b[?2004l\r", "");
  }

  /** The output of a short command that was typed at the prompt, up to the next prompt. */
  async run(command: string): Promise<string> {
    this.type(`${command}\r`);
    await this.expectText("\u001b[?2004l\r");
    const output = await this.expectText("\u001b[?2004hsh-5.2$ ");
    return output.replaceAll("\r\n", "\n").replace(/\n$/, "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
  }

  /** A frame whose acknowledge was slow comes twice. */
  #takeOutput({ sequenceNumber, payloadType, payload }: DecodedMessage): void {
    if (sequenceNumber < this.#expectedSequenceNumber) return;
    this.#expectedSequenceNumber = sequenceNumber + 1;
    if (payloadType === 1) this.#output += Buffer.from(payload).toString();
  }
}
