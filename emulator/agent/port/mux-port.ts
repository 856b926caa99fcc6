import type { Duplex } from "node:stream";
import type { Clock } from "../../clock.ts";
import { flag } from "../../protocol/flag.ts";
import { SmuxStreams } from "../../streams/smux-streams.ts";
import type { SessionPlugin, SessionPluginHost } from "../session-plugin.ts";
import { DialError, type PortDialer } from "./port-dialer.ts";

export interface MuxPortOptions {
  readonly dialer: PortDialer;
  readonly host: SessionPluginHost;
  readonly keepAlive: boolean;
  readonly realClock: Clock;
}

/**
 * A port for any number of connections: each stream of the client is a connection of its own to the destination. One that
 * cannot be had is told by a flag, and the session goes on.
 * @see data-channel reference, section 10.2; amazon-ssm-agent `agent/session/plugins/port/port_mux.go`
 */
export class MuxPort implements SessionPlugin {
  readonly #dialer: PortDialer;
  readonly #host: SessionPluginHost;
  readonly #streams: SmuxStreams;

  constructor({ dialer, host, keepAlive, realClock }: MuxPortOptions) {
    this.#dialer = dialer;
    this.#host = host;
    this.#streams = new SmuxStreams({
      role: "server",
      keepAlive,
      clock: realClock,
      send: async (bytes) => {
        await host.output(bytes);
      },
      dial: () => this.#dial(),
      onFailed: () => host.ended(""),
    });
  }

  input(bytes: Uint8Array): Promise<void> | undefined {
    return this.#streams.receive(bytes);
  }

  resize(): void {}

  /** A client that multiplexes closes streams instead. */
  flag(): void {}

  async terminate(): Promise<void> {
    this.#streams[Symbol.dispose]();
    await this.#dialer.close();
  }

  async #dial(): Promise<Duplex | undefined> {
    try {
      return await this.#dialer.dial();
    } catch (error) {
      if (error instanceof DialError) this.#host.flag(flag.connectToPortError);
      else this.#host.onError(error);
      return undefined;
    }
  }
}
