import type { Socket } from "node:net";
import { flag } from "../protocol/flag.ts";
import { finish, give, pump } from "../streams/stream-flow.ts";
import type { PortChannel } from "./port-channel.ts";

/** Output that may wait for a connection without holding up the channel. */
const maxHeldBytes = 1024 * 1024;

/**
 * One connection at a time, its bytes as they are; the next one waits for its turn. What comes while there is none is
 * for the next: a server may speak first, and was dialled when the session began.
 * @see data-channel reference, section 10.1
 */
export class BasicForwarding implements Disposable {
  readonly #channel: PortChannel;
  #turn: Promise<void> = Promise.resolve();
  #current: Socket | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #whenConnected = Promise.withResolvers<void>();
  #isDisposed = false;

  constructor(channel: PortChannel) {
    this.#channel = channel;
  }

  /** A local program has connected; the socket is paused. */
  accept(socket: Socket): void {
    this.#turn = this.#turn.then(() => this.#serve(socket));
  }

  /** Takes bytes of the agent; when it returns a promise, give no more until that resolves. */
  receive(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isDisposed) return undefined;
    if (this.#current !== undefined) return give(this.#current, bytes);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    return this.#heldBytes < maxHeldBytes ? undefined : this.#whenConnected.promise;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#held = [];
    this.#whenConnected.resolve();
  }

  async #serve(socket: Socket): Promise<void> {
    if (socket.destroyed || this.#isDisposed) return;
    this.#current = socket;
    for (const bytes of this.#held) socket.write(bytes);
    this.#held = [];
    this.#heldBytes = 0;
    this.#whenConnected.resolve();
    this.#whenConnected = Promise.withResolvers();
    await pump(socket, (bytes) => this.#channel.write(bytes));
    this.#current = undefined;
    finish(socket);
    if (!this.#isDisposed) this.#channel.sendFlag(flag.disconnectToPort);
  }
}
