import type { Clock } from "../clock.ts";
import { LogBatcher } from "../sessionlog/log-batcher.ts";
import type { LogEventContext, LogEventMessage } from "../sessionlog/log-event.ts";

/** Takes a batch of events; false: not now, the same lines come again with the next tick. */
export type SessionLogSink = (events: readonly LogEventMessage[]) => boolean;

/** Turns a session's terminal output into log events once a second and hands them to its sink. */
export class SessionRecorder {
  readonly #batcher: LogBatcher;
  readonly #clock: Clock;
  readonly #sink: SessionLogSink;
  readonly #done = Promise.withResolvers<void>();
  #cancelTick: () => void = () => {};

  constructor(options: {
    readonly context: LogEventContext;
    readonly clock: Clock;
    readonly sink: SessionLogSink;
  }) {
    this.#clock = options.clock;
    this.#sink = options.sink;
    this.#batcher = new LogBatcher(options.context, options.clock.now());
  }

  /** Takes terminal output as the client gets it; do not reuse the bytes. */
  append(bytes: Uint8Array): void {
    this.#batcher.append(bytes, this.#clock.now());
    this.#arm();
  }

  /** The terminal has ended. Resolves when every line has been delivered. */
  finish(): Promise<void> {
    this.#batcher.finish(this.#clock.now());
    this.#arm();
    return this.#done.promise;
  }

  /** Delivers what is there without waiting for the next tick, for a process that is about to end. */
  flush(): void {
    this.#batcher.finish(this.#clock.now());
    for (let due = this.#batcher.nextDeadline(); due !== undefined; due = this.#batcher.nextDeadline()) {
      if (!this.#deliver(due)) break;
    }
    this.#arm();
  }

  #arm(): void {
    this.#cancelTick();
    const due = this.#batcher.nextDeadline();
    if (due !== undefined) {
      this.#cancelTick = this.#clock.at(due, () => {
        this.#deliver(this.#clock.now());
        this.#arm();
      });
    } else if (this.#batcher.isDone) {
      this.#done.resolve();
    }
  }

  #deliver(now: number): boolean {
    const events = this.#batcher.take(now);
    if (events === undefined) return true;
    if (!this.#sink(events)) return false;
    this.#batcher.delivered();
    return true;
  }
}
