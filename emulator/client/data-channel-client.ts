import { randomBytes, randomUUID } from "node:crypto";
import type { Agent } from "node:http";
import { type Clock, type EpochMillis, systemClock } from "../clock.ts";
import { DeadlineTimer } from "../deadline-timer.ts";
import { encodeOpenDataChannel } from "../protocol/open-data-channel.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import { ClientChannel, type ClientChannelEffect } from "../session/client-channel.ts";
import type { ClientSession, GeneratedDataKey } from "../session/client-handshake.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { DataKeySource } from "./generate-data-key.ts";
import { failureOf, type SessionEnd } from "./session-end.ts";
import { stayConnected } from "./stay-connected.ts";

export type { ClientSession } from "../session/client-handshake.ts";
export type { SessionEnd } from "./session-end.ts";

/** What StartSession answers. */
export interface StartedSession {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
}

export interface DataChannelClientOptions {
  readonly start: StartedSession;
  /** Four numbers, with which the handshake is answered. */
  readonly clientVersion: string;
  readonly size: TerminalSize;
  /** A new token after a lost connection; undefined: the session is gone. Rejects when the API does. */
  readonly resume: () => Promise<string | undefined>;
  /** A data key from KMS; without this no encrypted session begins. Rejects with what the server is told. */
  readonly generateDataKey?: DataKeySource;
  /**
   * When it returns a promise, the payload is acknowledged once that has resolved. No other is given before; but when
   * the server ends the session, all that is left is given at once.
   */
  readonly onOutput: (bytes: Uint8Array) => unknown;
  /** As {@link onOutput}. */
  readonly onStdErr?: (bytes: Uint8Array) => unknown;
  /** As {@link onOutput}; the bytes are the payload's text, `EXIT_CODE: 0`. */
  readonly onExitCode?: (code: number, bytes: Uint8Array) => unknown;
  readonly onFlag?: (value: number) => void;
  /** The session has begun; comes before all of the others. */
  readonly onSession?: (session: ClientSession) => void;
  /** Connects through a proxy, or with authorities of its own. */
  readonly agent?: Agent;
  readonly clock?: Clock;
}

/** How much input is given to the channel between two looks at whether there is room. */
const inputStepBytes = 1024;

/**
 * A session's data channel from the client's side: connects at once, resumes when the connection breaks, and ends once.
 * @see data-channel reference, sections 3, 8 and 12
 */
export class DataChannelClient implements AsyncDisposable {
  readonly ended: Promise<SessionEnd>;
  readonly #options: DataChannelClientOptions;
  readonly #clock: Clock;
  readonly #channel: ClientChannel;
  readonly #clientId = randomUUID();
  readonly #whenEnded = Promise.withResolvers<SessionEnd>();
  #hasEnded = false;
  #connection: Connection | undefined;
  #isPaused = false;
  /** Ends what {@link stayConnected} does: at {@link disconnect}, and at the end. */
  #presence = new AbortController();
  readonly #left = new AbortController();
  #effects: ClientChannelEffect[] = [];
  #isApplying = false;
  readonly #timer: DeadlineTimer;
  #written: Promise<void> = Promise.resolve();
  #whenWritable = Promise.withResolvers<void>();
  #whenFlushed = Promise.withResolvers<void>();

  constructor(options: DataChannelClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#timer = new DeadlineTimer(this.#clock, () => this.#onDeadline());
    this.#channel = new ClientChannel({
      clientVersion: options.clientVersion,
      size: options.size,
      newMessageId: randomUUID,
      randomBytes: (length) => randomBytes(length),
    });
    this.ended = this.#whenEnded.promise;
    this.#connect(options.start.tokenValue);
  }

  /**
   * Sends input, in the order of the calls. Resolves when there is room for more, which is how its source is slowed
   * down; after the end it resolves, too, and the input is lost.
   */
  write(bytes: Uint8Array): Promise<void> {
    // A copy: the channel keeps what is not acknowledged.
    const input = Buffer.from(bytes);
    this.#written = this.#written.then(() => this.#write(input));
    return this.#written;
  }

  /** Tells the server the terminal's new size. */
  resize(size: TerminalSize): void {
    this.#step((now) => this.#channel.resize(size, now));
  }

  /** Sends a flag, behind all input for which {@link write} has resolved. */
  sendFlag(value: number): void {
    this.#step((now) => this.#channel.sendFlag(value, now));
  }

  /** Resolves when the server has acknowledged everything so far; at the end, too. */
  async flush(): Promise<void> {
    await this.#written;
    while (!this.#channel.isFlushed && !this.#hasEnded) await this.#whenFlushed.promise;
  }

  /** Loses the connection as a broken network does, and stays away until {@link reconnect}. */
  disconnect(): void {
    this.#presence.abort();
    this.#detach();
  }

  /** Resumes the session. Resolves when it is connected again, or has ended. */
  async reconnect(): Promise<void> {
    if (this.#hasEnded) return;
    this.disconnect();
    this.#presence = new AbortController();
    await Promise.race([this.#connect(undefined), this.ended]);
  }

  /** Leaves without a word; the session lives on until its server gives it up. */
  close(): void {
    this.#end({ type: "left" });
  }

  /** Leaves, as {@link close} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.ended;
  }

  /** Resolves with the first connection. */
  #connect(firstToken: string | undefined): Promise<void> {
    const connected = Promise.withResolvers<void>();
    const { signal } = this.#presence;
    const presence = stayConnected(
      {
        firstToken,
        resume: this.#options.resume,
        open: (token) => this.#open(token, signal),
        onConnected: (connection) => {
          this.#connection = connection;
          this.#step((now) => this.#channel.attach(now));
          connected.resolve();
        },
        onLost: () => this.#detach(),
        clock: this.#clock,
      },
      signal,
    );
    void presence.then((end) => {
      if (end !== undefined) this.#end(end);
    });
    return connected.promise;
  }

  #open(tokenValue: string, signal: AbortSignal): Promise<Connection> {
    const { start, agent, clientVersion } = this.#options;
    const firstFrame = encodeOpenDataChannel({
      requestId: randomUUID(),
      tokenValue,
      clientId: this.#clientId,
      clientVersion,
    });
    const onFrame = (frame: Uint8Array) => {
      if (!signal.aborted) this.#step((now) => this.#channel.receive(frame, now));
    };
    return openConnection({ url: start.streamUrl, firstFrame, agent, clock: this.#clock, onFrame }, signal);
  }

  #detach(): void {
    this.#channel.detach();
    this.#connection?.drop();
    this.#connection = undefined;
    this.#isPaused = false;
    this.#rearm();
  }

  async #write(input: Uint8Array): Promise<void> {
    for (let start = 0; start < input.length; start += inputStepBytes) {
      while (!this.#channel.writable && !this.#hasEnded) await this.#whenWritable.promise;
      const bytes = input.subarray(start, start + inputStepBytes);
      this.#step((now) => this.#channel.sendInput(bytes, now));
    }
  }

  /** Lets the channel do something, and carries out what follows. */
  #step(act: (now: EpochMillis) => readonly ClientChannelEffect[]): void {
    if (this.#hasEnded) return;
    try {
      this.#effects.push(...act(this.#clock.now()));
      if (this.#isApplying) return;
      this.#isApplying = true;
      for (let next = this.#effects.shift(); next !== undefined; next = this.#effects.shift()) {
        if (!this.#hasEnded) this.#carryOut(next);
      }
      this.#isApplying = false;
    } catch (error) {
      // The server broke the rules, or one who was called back did.
      this.#end(failureOf(error));
    }
    this.#throttle();
    this.#rearm();
    if (this.#channel.isFlushed) this.#tellFlushed();
  }

  #carryOut(effect: ClientChannelEffect): void {
    switch (effect.type) {
      case "send":
        this.#connection?.send(effect.frame);
        break;
      case "data-key-wanted":
        void this.#generateDataKey(effect.kmsKeyId);
        break;
      case "session":
        this.#options.onSession?.(effect.session);
        break;
      case "output":
        this.#give(this.#options.onOutput(effect.bytes));
        break;
      case "stderr":
        this.#give(this.#options.onStdErr?.(effect.bytes));
        break;
      case "exit-code":
        this.#give(this.#options.onExitCode?.(effect.code, effect.bytes));
        break;
      case "flag":
        this.#options.onFlag?.(effect.value);
        this.#give(undefined);
        break;
      case "writable":
        this.#whenWritable.resolve();
        this.#whenWritable = Promise.withResolvers();
        break;
      case "closed":
        this.#end({ type: "closed", output: effect.output });
        break;
    }
  }

  async #generateDataKey(kmsKeyId: string): Promise<void> {
    const dataKey = await this.#askForDataKey(kmsKeyId);
    this.#step((now) => this.#channel.dataKey(dataKey, now));
  }

  async #askForDataKey(kmsKeyId: string): Promise<GeneratedDataKey> {
    const { generateDataKey } = this.#options;
    if (generateDataKey === undefined) return { type: "failed", reason: "this client cannot call KMS" };
    try {
      return { type: "data-key", ...(await generateDataKey(kmsKeyId, this.#left.signal)) };
    } catch (error) {
      return { type: "failed", reason: failureOf(error).message };
    }
  }

  #give(consumed: unknown): void {
    const taken = () => this.#step((now) => this.#channel.taken(now));
    if (consumed instanceof Promise) consumed.then(taken, (error: unknown) => this.#end(failureOf(error)));
    else taken();
  }

  #tellFlushed(): void {
    this.#whenFlushed.resolve();
    this.#whenFlushed = Promise.withResolvers();
  }

  /** Lets frames wait at the server when the consumer is far behind. */
  #throttle(): void {
    const { isBacklogged } = this.#channel;
    if (isBacklogged === this.#isPaused) return;
    this.#isPaused = isBacklogged;
    if (isBacklogged) this.#connection?.pause();
    else this.#connection?.resume();
  }

  #rearm(): void {
    this.#timer.arm(this.#hasEnded ? undefined : this.#channel.nextDeadline());
  }

  #onDeadline(): void {
    this.#step((now) => this.#channel.onDeadline(now));
  }

  #end(end: SessionEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#effects = [];
    this.#presence.abort();
    this.#left.abort();
    this.#detach();
    this.#whenWritable.resolve();
    this.#tellFlushed();
    this.#whenEnded.resolve(end);
  }
}
