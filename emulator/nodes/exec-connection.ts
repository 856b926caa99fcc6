import { isIPv6 } from "node:net";
import type { SocketAddress } from "../agent/managed-node.ts";
import { ManagedNodeError } from "../errors.ts";
import type { ExecPipes } from "./exec-pipes.ts";
import type { Connection, ConnectionSink, MarkedSession } from "./node-processes.ts";

const bufferBytes = 64 * 1024;
/** How long the other side may say nothing once it was told that we send no more. */
const idleSeconds = 86_400;
const maxComplaintLength = 2_000;

/** What the system says, in socat's complaints. */
const codes: Readonly<Record<string, string>> = {
  "Connection refused": "ECONNREFUSED",
  "Connection reset by peer": "ECONNRESET",
  "Connection timed out": "ETIMEDOUT",
  "Network is unreachable": "ENETUNREACH",
  "No route to host": "EHOSTUNREACH",
  "Cannot assign requested address": "EADDRNOTAVAIL",
  "Permission denied": "EACCES",
  "Broken pipe": "EPIPE",
};

/** The words of a socat that connects its input and output to a socket. */
export function socatWords({ address, port }: SocketAddress): string[] {
  const target = isIPv6(address) ? `TCP6:[${address}]:${port}` : `TCP4:${address}:${port}`;
  return [
    "socat",
    "-d",
    "-d",
    "-b",
    String(bufferBytes),
    "-t",
    String(idleSeconds),
    "-",
    `${target},nodelay`,
  ];
}

/** A TCP connection that a socat of its own holds on the node. It tells what happens on standard error. */
export class ExecConnection implements Connection {
  /** Resolves when the connection is made. @throws ManagedNodeError */
  readonly opened: Promise<void>;
  readonly #pipes: ExecPipes;
  readonly #session: MarkedSession;
  readonly #leader: number;
  readonly #opening = Promise.withResolvers<void>();
  #isOpen = false;
  #complaint = "";

  constructor(pipes: ExecPipes, session: MarkedSession, leader: number, sink: ConnectionSink) {
    this.#pipes = pipes;
    this.#session = session;
    this.#leader = leader;
    this.opened = this.#opening.promise;
    pipes.onOutput = (bytes, from) => {
      if (from === "stdout") sink.onData(bytes);
      else this.#onWords(Buffer.from(bytes).toString());
    };
    pipes.onEnd = () => this.#onEnd(sink);
    pipes.resume();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#pipes.write(bytes);
  }

  finish(): Promise<void> {
    return this.#pipes.finish();
  }

  pause(): void {
    this.#pipes.pause();
  }

  resume(): void {
    this.#pipes.resume();
  }

  destroy(): void {
    this.terminate().catch(() => undefined);
  }

  terminate(): Promise<void> {
    this.#pipes.close();
    this.#opening.reject(new ManagedNodeError("It was closed", { cause: "closed by the emulator" }));
    return this.#session.end(this.#leader);
  }

  #onWords(words: string): void {
    this.#complaint = (this.#complaint + words).slice(-maxComplaintLength);
    if (!this.#isOpen && this.#complaint.includes("starting data transfer loop")) {
      this.#isOpen = true;
      this.#opening.resolve();
    }
    // It waits for the end of its input, too.
    if (/ socket 2 .*is at EOF/.test(this.#complaint)) void this.#pipes.finish();
  }

  #onEnd(sink: ConnectionSink): void {
    const error = this.#failure();
    this.#opening.reject(error ?? new ManagedNodeError("socat has ended", { cause: this.#complaint }));
    if (!this.#isOpen) return;
    if (error === undefined) sink.onEnd();
    else sink.onError(error);
    this.destroy();
  }

  #failure(): ManagedNodeError | undefined {
    for (const [text, code] of Object.entries(codes)) {
      if (this.#complaint.includes(`: ${text}`))
        return new ManagedNodeError(text, { cause: this.#complaint, code });
    }
    return undefined;
  }
}
