import { createRequire } from "node:module";
import { WebSocket } from "ws";

interface DecodedMessage {
  readonly messageType: string;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

interface SsmSession {
  init(socket: WebSocket, options: { token: string; termOptions: { cols: number; rows: number } }): void;
  decode(frame: ArrayBuffer): DecodedMessage;
  sendACK(socket: WebSocket, message: DecodedMessage): void;
  sendText(socket: WebSocket, text: Uint8Array): void;
}

const { ssm: library } = createRequire(import.meta.url)("ssm-session") as { readonly ssm: SsmSession };

const defaultTimeoutMs = 20_000;

/** A session held by `ssm-session`, a client that shares no code with the stock plugin. */
export class SsmSessionClient {
  readonly #socket: WebSocket;
  readonly closed: Promise<string>;
  #output = "";
  #seen = 0;
  #onChange: () => void = () => {};

  constructor(start: { readonly StreamUrl?: string | undefined; readonly TokenValue?: string | undefined }) {
    const { StreamUrl: url = "", TokenValue: token = "" } = start;
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
      } else if (message.payloadType === 1) {
        this.#output += Buffer.from(message.payload).toString();
      }
      this.#onChange();
    });
  }

  get output(): string {
    return this.#output;
  }

  type(text: string): void {
    library.sendText(this.#socket, Buffer.from(text));
  }

  /** Waits until the text shows up behind what earlier calls have found. */
  async expectText(expected: string, timeoutMs = defaultTimeoutMs): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const index = this.#output.indexOf(expected, this.#seen);
      if (index >= 0) {
        this.#seen = index + expected.length;
        return;
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
    const start = this.#seen;
    await this.expectText("\r\n");
    return this.#output.slice(start, this.#seen - 2).replace("\u001b[?2004l\r", "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
  }
}
