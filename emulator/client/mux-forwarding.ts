import type { Socket } from "node:net";
import type { Clock } from "../clock.ts";
import { SmuxStreams } from "../streams/smux-streams.ts";
import type { PortChannel } from "./port-channel.ts";

export interface MuxForwardingOptions {
  readonly channel: PortChannel;
  readonly keepAlive: boolean;
  readonly clock: Clock;
}

/** Any number of connections, each a stream of a smux session. @see data-channel reference, section 10.2 */
export class MuxForwarding implements Disposable {
  readonly #streams: SmuxStreams;

  constructor({ channel, keepAlive, clock }: MuxForwardingOptions) {
    const send = (bytes: Uint8Array) => channel.write(bytes);
    this.#streams = new SmuxStreams({ role: "client", keepAlive, send, clock });
  }

  /** A local program has connected; the socket is paused. */
  accept(socket: Socket): void {
    // The plugin goes on listening when its smux session is dead.
    if (this.#streams.isAlive) this.#streams.open(socket);
    else socket.resetAndDestroy();
  }

  /** Takes bytes of the agent; when it returns a promise, give no more until that resolves. */
  receive(bytes: Uint8Array): Promise<void> | undefined {
    return this.#streams.receive(bytes);
  }

  [Symbol.dispose](): void {
    this.#streams[Symbol.dispose]();
  }
}
