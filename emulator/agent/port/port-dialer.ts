import type { Duplex } from "node:stream";
import type { Clock } from "../../clock.ts";
import type { ManagedNode, SocketAddress } from "../managed-node.ts";
import { dialFailure } from "./dial-failure.ts";
import { readPortNumber } from "./port-parameters.ts";

/** Somewhat longer than Linux tries to connect. */
const connectTimeoutMs = 150_000;

/** The destination could not be reached; the message is Go's. */
export class DialError extends Error {
  override readonly name = "DialError";
}

export interface PortDialerOptions {
  readonly node: Pick<ManagedNode, "dial">;
  /** IP addresses, tried one after the other. */
  readonly addresses: readonly string[];
  /** As the document has it. */
  readonly portNumber: string;
  readonly realClock: Clock;
  /** Closes the dialer. */
  readonly signal?: AbortSignal | undefined;
}

/** Connects to a session's destination from the node, and knows what is open. */
export class PortDialer {
  readonly #options: PortDialerOptions;
  readonly #sockets = new Set<Duplex>();
  #isClosed = false;

  constructor(options: PortDialerOptions) {
    this.#options = options;
    const { signal } = options;
    this.#isClosed = signal?.aborted === true;
    signal?.addEventListener("abort", () => void this.close(), { once: true });
  }

  /**
   * A connection to the first address that takes one.
   * @throws DialError of the first address
   * @see amazon-ssm-agent `agent/session/plugins/port/port.go`, DialCall
   */
  async dial(): Promise<Duplex> {
    const { addresses, portNumber } = this.#options;
    const reading = readPortNumber(portNumber);
    let first: DialError | undefined;
    for (const address of addresses) {
      if (reading.type === "invalid") throw new DialError(`dial tcp: ${reading.problem}`);
      try {
        return await this.#connect({ address, port: reading.port });
      } catch (error) {
        if (!(error instanceof DialError)) throw error;
        first ??= error;
      }
    }
    throw first ?? new DialError("missing address");
  }

  /** Breaks all connections and lets none be made. Resolves when they are closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      [...this.#sockets].map((socket) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        socket.once("close", resolve).destroy();
        return promise;
      }),
    );
  }

  #connect(destination: SocketAddress): Promise<Duplex> {
    const { node, realClock } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    if (this.#isClosed) throw new DialError("the session has ended");
    const socket = node.dial(destination);
    this.#sockets.add(socket);
    const cancel = realClock.at(realClock.now() + connectTimeoutMs, () =>
      socket.destroy(Object.assign(new Error("timed out"), { code: "ETIMEDOUT" })),
    );
    // Later errors show as the end of what the socket gives.
    socket.on("error", (error) => reject(new DialError(dialFailure(destination, error), { cause: error })));
    socket.once("connect", () => {
      cancel();
      resolve(socket);
    });
    socket.once("close", () => {
      cancel();
      this.#sockets.delete(socket);
      reject(new DialError(dialFailure(destination, new Error("the connection was closed"))));
    });
    return promise;
  }
}
