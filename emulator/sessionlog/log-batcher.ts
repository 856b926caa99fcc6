import { Buffer } from "node:buffer";
import type { EpochMillis } from "../clock.ts";
import { buildLogEvent, type LogEventContext, type LogEventMessage } from "./log-event.ts";
import { LogLineSplitter, maxEventTextBytes } from "./log-line-splitter.ts";

const defaultTickMs = 1_000;
const maxEventsPerBatch = 4;
/** What holding one line costs beside its bytes, so that many short lines count too. */
const lineOverheadBytes = 128;
const defaultMaxPendingBytes = 16 * 1024 * 1024;

export interface LogBatcherOptions {
  /** Time between two batches; 0 delivers as soon as there is a line. */
  readonly tickMs?: number;
  /** Memory for lines not yet delivered; see {@link LogBatcher.isFull}. */
  readonly maxPendingBytes?: number;
}

/**
 * A session's terminal output in, batches of log events out: at most one batch a tick. Whoever delivers calls
 * {@link take} at {@link nextDeadline}, then {@link delivered}; without that call the lines come again a tick later.
 * @see agent-behaviour reference, section 4.4
 */
export class LogBatcher {
  readonly #context: LogEventContext;
  readonly #startedAt: EpochMillis;
  readonly #tickMs: number;
  readonly #maxPendingBytes: number;
  readonly #splitter = new LogLineSplitter();
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #takenLines = 0;
  #dueAt: EpochMillis;
  #isFinished = false;
  #isDone = false;

  /** Ticks are counted from `startedAt`. */
  constructor(context: LogEventContext, startedAt: EpochMillis, options: LogBatcherOptions = {}) {
    this.#context = context;
    this.#startedAt = startedAt;
    this.#tickMs = options.tickMs ?? defaultTickMs;
    this.#maxPendingBytes = options.maxPendingBytes ?? defaultMaxPendingBytes;
    this.#dueAt = this.#tickAfter(startedAt);
  }

  /** Takes terminal output, and keeps views of it: do not reuse the bytes. */
  append(bytes: Uint8Array, now: EpochMillis): void {
    this.#enqueue(this.#splitter.push(bytes), now);
  }

  /** The terminal has ended and nothing is appended any more: an unfinished last line counts as a line. */
  finish(now: EpochMillis): void {
    if (this.#isFinished) return;
    this.#enqueue(this.#splitter.end(), now);
    if (this.#pending.length === 0) this.#dueAt = this.#tickAfter(now);
    this.#isFinished = true;
  }

  /** When {@link take} is next due; undefined while there is nothing to deliver. */
  nextDeadline(): EpochMillis | undefined {
    const isIdle = this.#pending.length === 0 && !this.#isFinished;
    return isIdle || this.#isDone ? undefined : this.#dueAt;
  }

  /** The next batch, 1 to 4 events; undefined before the deadline and when no line waits. */
  take(now: EpochMillis): readonly LogEventMessage[] | undefined {
    if (this.#isDone || now < this.#dueAt) return undefined;
    this.#dueAt = this.#tickAfter(now);
    const batch = this.takeEarly(now);
    if (batch === undefined) this.#isDone = this.#isFinished;
    return batch;
  }

  /** The next batch whatever the tick, for a backlog that has grown too large; undefined when no line waits. */
  takeEarly(now: EpochMillis): readonly LogEventMessage[] | undefined {
    const { texts, lineCount } = packLines(this.#pending);
    this.#takenLines = lineCount;
    return texts.length === 0 ? undefined : texts.map((text) => buildLogEvent(this.#context, text, now));
  }

  /** The batch of the last {@link take} has arrived and is forgotten. */
  delivered(): void {
    for (const line of this.#pending.splice(0, this.#takenLines)) this.#pendingBytes -= cost(line);
    this.#takenLines = 0;
  }

  /** While true, {@link takeEarly} is called for: nothing is dropped, and {@link append} goes on taking what comes. */
  get isFull(): boolean {
    return this.#pendingBytes >= this.#maxPendingBytes;
  }

  /** The terminal has ended and a tick has found nothing left; a session's end waits for this, as the agent's does. */
  get isDone(): boolean {
    return this.#isDone;
  }

  #enqueue(lines: readonly Uint8Array[], now: EpochMillis): void {
    if (lines.length === 0) return;
    // Ticks that passed while nothing waited are spent.
    if (this.#pending.length === 0) this.#dueAt = this.#tickAfter(now);
    for (const line of lines) {
      this.#pending.push(line);
      this.#pendingBytes += cost(line);
    }
  }

  #tickAfter(now: EpochMillis): EpochMillis {
    if (this.#tickMs === 0) return now;
    const ticks = Math.floor((now - this.#startedAt) / this.#tickMs) + 1;
    return this.#startedAt + ticks * this.#tickMs;
  }
}

/** The first lines as texts of at most {@link maxEventTextBytes}, four at most. */
function packLines(lines: readonly Uint8Array[]): { texts: Uint8Array[]; lineCount: number } {
  const texts: Uint8Array[] = [];
  let end = 0;
  while (end < lines.length && texts.length < maxEventsPerBatch) {
    const start = end;
    let bytes = 0;
    for (let line = lines[end]; line !== undefined; line = lines[end]) {
      if (bytes + line.length > maxEventTextBytes) break;
      bytes += line.length;
      end += 1;
    }
    if (bytes > 0) texts.push(Buffer.concat(lines.slice(start, end)));
  }
  return { texts, lineCount: end };
}

function cost(line: Uint8Array): number {
  return line.length + lineOverheadBytes;
}
