import type { Clock } from "../clock.ts";
import { LogBatcher } from "../sessionlog/log-batcher.ts";
import type { LogEventContext, LogEventMessage } from "../sessionlog/log-event.ts";

/** Takes a batch of events. */
export type SessionLogSink = (events: readonly LogEventMessage[]) => void;

/**
 * Lines that may wait for the next tick. The agent keeps a longer backlog in a file and uploads at most four events a
 * second; we have no file, and hand over at once what is more.
 */
const maxPendingBytes = 1024 * 1024;

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
    this.#batcher = new LogBatcher(options.context, options.clock.now(), { maxPendingBytes });
  }

  /** Takes terminal output as the client gets it; do not reuse the bytes. */
  append(bytes: Uint8Array): void {
    this.#batcher.append(bytes, this.#clock.now());
    if (this.#batcher.isFull) this.#handOverAll();
    this.#arm();
  }

  /** The terminal has ended. Resolves when every line has been handed over. */
  finish(): Promise<void> {
    this.#batcher.finish(this.#clock.now());
    this.#arm();
    return this.#done.promise;
  }

  /** Ends without waiting for the next tick, for a process that is about to end. */
  finishNow(): void {
    this.#batcher.finish(this.#clock.now());
    this.#handOverAll();
    this.#cancelTick();
    this.#done.resolve();
  }

  #arm(): void {
    this.#cancelTick();
    if (this.#batcher.isDone) this.#done.resolve();
    const due = this.#batcher.nextDeadline();
    if (due === undefined) return;
    this.#cancelTick = this.#clock.at(due, () => {
      this.#handOver(this.#batcher.take(this.#clock.now()));
      this.#arm();
    });
  }

  #handOverAll(): void {
    while (this.#handOver(this.#batcher.takeEarly(this.#clock.now())));
  }

  #handOver(events: readonly LogEventMessage[] | undefined): boolean {
    if (events === undefined) return false;
    this.#sink(events);
    this.#batcher.delivered();
    return true;
  }
}
