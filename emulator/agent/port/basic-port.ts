import type { Duplex } from "node:stream";
import { flag } from "../../protocol/flag.ts";
import { finish, give, pump } from "../../streams/stream-flow.ts";
import type { SessionPlugin, SessionPluginHost } from "../session-plugin.ts";
import { DialError, type PortDialer } from "./port-dialer.ts";

export interface BasicPortOptions {
  readonly dialer: PortDialer;
  readonly host: SessionPluginHost;
  /** Whether the next input connects again when a connection has ended; otherwise its end is the session's. */
  readonly reconnects: boolean;
}

/**
 * A port for one connection at a time, its bytes as they are. The first is made when the session starts.
 * @see data-channel reference, section 10.1; amazon-ssm-agent `agent/session/plugins/port/port_basic.go`
 */
export class BasicPort implements SessionPlugin {
  readonly #dialer: PortDialer;
  readonly #host: SessionPluginHost;
  readonly #reconnects: boolean;
  #socket: Duplex | undefined;
  /** While a connection is made; input waits for it. */
  #dialling: Promise<void> | undefined;

  /** @param socket the first connection, which has given nothing yet */
  constructor({ dialer, host, reconnects }: BasicPortOptions, socket: Duplex) {
    this.#dialer = dialer;
    this.#host = host;
    this.#reconnects = reconnects;
    this.#adopt(socket);
  }

  input(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#dialling === undefined && this.#socket !== undefined) return give(this.#socket, bytes);
    this.#dialling = (this.#dialling ?? this.#reconnect()).then(() => {
      if (this.#socket !== undefined) return give(this.#socket, bytes);
    });
    const dialling = this.#dialling;
    return dialling.finally(() => {
      if (this.#dialling === dialling) this.#dialling = undefined;
    });
  }

  resize(): void {}

  /** The local program has gone: what its connection still gives is for nobody. */
  flag(value: number): void {
    const socket = this.#socket;
    if (value !== flag.disconnectToPort || socket === undefined) return;
    this.#socket = undefined;
    socket.destroy();
    // To the agent its own closing is a broken connection.
    if (!this.#reconnects) this.#host.ended("");
  }

  terminate(): Promise<void> {
    this.#socket = undefined;
    return this.#dialer.close();
  }

  async #reconnect(): Promise<void> {
    if (!this.#reconnects) return;
    try {
      this.#adopt(await this.#dialer.dial());
    } catch (error) {
      if (!(error instanceof DialError)) this.#host.onError(error);
      this.#host.ended("");
    }
  }

  #adopt(socket: Duplex): void {
    this.#socket = socket;
    void pump(socket, (bytes) => (this.#socket === socket ? this.#host.output(bytes) : undefined)).then(() =>
      this.#lost(socket),
    );
  }

  #lost(socket: Duplex): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    finish(socket);
    if (this.#reconnects) return;
    this.#host.ended(socket.errored === null ? undefined : "");
  }
}
