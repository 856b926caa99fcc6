import type { Duplex } from "node:stream";
import { type Clock, systemClock } from "../clock.ts";
import { DeadlineTimer } from "../deadline-timer.ts";
import { type SmuxEffect, SmuxSession } from "../session/smux-session.ts";
import { finish, pump } from "./stream-flow.ts";

export interface SmuxStreamsOptions {
  readonly role: "client" | "server";
  /** Sends keep-alives and gives up when none come. */
  readonly keepAlive: boolean;
  /** Sends to the peer, in the order of the calls. Resolves when there is room for more; never rejects. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** What a stream that the peer opens leads to; undefined: it is closed. Never rejects. */
  readonly dial?: () => Promise<Duplex | undefined>;
  /** The peer was silent for too long or broke the rules; all streams are closed. */
  readonly onFailed?: (reason: string) => void;
  readonly clock?: Clock;
}

/**
 * Joins sockets with the streams of a smux session, and slows each side down when the other is slow: a socket is not
 * read while what it gave waits to be sent, and the peer is not read while the sockets owe too much memory.
 */
export class SmuxStreams implements Disposable {
  readonly #options: SmuxStreamsOptions;
  readonly #clock: Clock;
  readonly #session: SmuxSession;
  readonly #sockets = new Map<number, Duplex>();
  /** Data for streams of the peer whose sockets are being dialled. */
  readonly #dialling = new Map<number, Uint8Array[]>();
  #isDisposed = false;
  #whenReadable = Promise.withResolvers<void>();
  readonly #timer: DeadlineTimer;

  constructor(options: SmuxStreamsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#timer = new DeadlineTimer(this.#clock, () => this.#onDeadline());
    this.#session = new SmuxSession({
      role: options.role,
      keepAliveFrom: options.keepAlive ? this.#clock.now() : undefined,
    });
    this.#rearm();
  }

  /** False once the peer was silent for too long or broke the rules: streams that are opened come to nothing. */
  get isAlive(): boolean {
    return this.#session.isAlive;
  }

  /** Opens a stream for the socket. */
  open(socket: Duplex): void {
    const { streamId, effects } = this.#session.open();
    this.#sockets.set(streamId, socket);
    void this.#apply(effects);
    void this.#join(streamId, socket);
  }

  /** Takes bytes of the peer and keeps views of them; when it returns a promise, give no more until that resolves. */
  receive(bytes: Uint8Array): Promise<void> | undefined {
    void this.#apply(this.#session.receive(bytes, this.#clock.now()));
    return this.#session.isReadable || this.#isDisposed ? undefined : this.#whenReadable.promise;
  }

  /** Destroys all sockets, and sends nothing more. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#whenReadable.resolve();
    this.#rearm();
  }

  async #join(streamId: number, socket: Duplex): Promise<void> {
    socket.once("close", () => this.#sockets.delete(streamId));
    await pump(socket, (bytes) => this.#apply(this.#session.send(streamId, bytes)));
    void this.#apply(this.#session.close(streamId));
    finish(socket);
  }

  /** Resolves when there is room to send more. */
  async #apply(effects: readonly SmuxEffect[]): Promise<void> {
    if (this.#isDisposed) return;
    const sent: Promise<void>[] = [];
    for (const effect of effects) {
      if (effect.type === "send") sent.push(this.#options.send(effect.bytes));
      else this.#carryOut(effect);
    }
    this.#rearm();
    await Promise.all(sent);
  }

  #carryOut(effect: Exclude<SmuxEffect, { type: "send" }>): void {
    switch (effect.type) {
      case "opened":
        void this.#dial(effect.streamId);
        break;
      case "data":
        this.#give(effect.streamId, effect.data);
        break;
      case "closed": {
        const socket = this.#sockets.get(effect.streamId);
        if (socket !== undefined) finish(socket);
        break;
      }
      case "readable":
        this.#whenReadable.resolve();
        this.#whenReadable = Promise.withResolvers();
        break;
      case "failed":
        this.#options.onFailed?.(effect.reason);
        break;
    }
  }

  async #dial(streamId: number): Promise<void> {
    const waiting: Uint8Array[] = [];
    this.#dialling.set(streamId, waiting);
    const socket = await this.#options.dial?.();
    this.#dialling.delete(streamId);
    if (this.#isDisposed) return void socket?.destroy();
    if (socket === undefined) {
      for (const data of waiting) this.#consumed(data.length);
      void this.#apply(this.#session.close(streamId));
      return;
    }
    this.#sockets.set(streamId, socket);
    for (const data of waiting) this.#give(streamId, data);
    if (!this.#session.isOpen(streamId)) finish(socket);
    await this.#join(streamId, socket);
  }

  #give(streamId: number, data: Uint8Array): void {
    const waiting = this.#dialling.get(streamId);
    if (waiting !== undefined) return void waiting.push(data);
    const socket = this.#sockets.get(streamId);
    // A socket calls back for everything that it was given, even when it breaks.
    if (socket === undefined) this.#consumed(data.length);
    else socket.write(data, () => this.#consumed(data.length));
  }

  #consumed(byteCount: number): void {
    void this.#apply(this.#session.consumed(byteCount, this.#clock.now()));
  }

  #rearm(): void {
    this.#timer.arm(this.#isDisposed ? undefined : this.#session.nextDeadline());
  }

  #onDeadline(): void {
    void this.#apply(this.#session.onDeadline(this.#clock.now()));
  }
}
