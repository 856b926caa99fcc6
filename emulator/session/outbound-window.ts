import type { EpochMillis } from "../clock.ts";
import { maxRetransmissionTimeoutMs, RetransmissionTimer } from "./retransmission-timer.ts";

interface InFlight {
  readonly frame: Uint8Array;
  /** On this connection; undefined until there is one. */
  firstSentAt: EpochMillis | undefined;
  lastSentAt: EpochMillis | undefined;
  resends: number;
  /** Sent on an earlier connection, too: the client may have it, and its acknowledge be lost with that connection. */
  carriedOver: boolean;
}

/** How often a frame that was probably read is sent again: what a client has it ignores, and a network may lose some. */
const resendsInDoubt = 10;
/** Of such frames, in windows: what several connections in a row have left in doubt. */
const maxWindowsInDoubt = 4;

export interface OutboundWindowLimits {
  readonly maxUnacknowledgedBytes: number;
  readonly maxUnacknowledgedFrames: number;
}

/**
 * What the peer does with a frame that it has acknowledged before.
 * `ignores`: as the plugin, which never repeats an acknowledge.
 * `acknowledges`: as the agent.
 */
export type PeerOnDuplicates = "ignores" | "acknowledges";

/**
 * Frames of the outgoing stream that are not acknowledged yet, across connections. It takes whatever it is given:
 * who fills it stops when it {@link isFull}.
 * @see data-channel reference, sections 8 and 12
 */
export class OutboundWindow {
  readonly #limits: OutboundWindowLimits;
  readonly #onDuplicates: PeerOnDuplicates;
  readonly #timer = new RetransmissionTimer();
  /** By sequence number, in its order. */
  readonly #inFlight = new Map<number, InFlight>();
  /** Frames that were probably read, of which nobody waits for an acknowledge any more. */
  readonly #inDoubt = new Map<number, InFlight>();
  #bytes = 0;
  #bytesInDoubt = 0;
  #nextSequenceNumber = 0;

  constructor(limits: OutboundWindowLimits, peerOnDuplicates: PeerOnDuplicates = "ignores") {
    this.#limits = limits;
    this.#onDuplicates = peerOnDuplicates;
  }

  /** The number that the next frame must carry. */
  get nextSequenceNumber(): number {
    return this.#nextSequenceNumber;
  }

  get isEmpty(): boolean {
    return this.#inFlight.size === 0;
  }

  get isFull(): boolean {
    return this.#isFilledTo(1);
  }

  /** Well below its bounds again: worth waking the source for. */
  get hasRoom(): boolean {
    return !this.#isFilledTo(0.5);
  }

  /** Whether one more frame, without content, may go beyond the bounds. */
  get takesProbe(): boolean {
    return this.#inFlight.size < 2 * this.#limits.maxUnacknowledgedFrames;
  }

  /** Remembers the frame with the next sequence number; `sentAt` is undefined while there is no client. */
  add(frame: Uint8Array, sentAt: EpochMillis | undefined): void {
    const inFlight = { frame, firstSentAt: sentAt, lastSentAt: sentAt, resends: 0, carriedOver: false };
    this.#inFlight.set(this.#nextSequenceNumber++, inFlight);
    this.#bytes += frame.length;
  }

  /**
   * Forgets the frame, and with a peer that ignores duplicates those before it that were carried over; unknown numbers
   * are ignored.
   */
  acknowledge(sequenceNumber: number, now: EpochMillis): void {
    this.#believe(sequenceNumber);
    const acknowledged = this.#inFlight.get(sequenceNumber);
    if (acknowledged === undefined) return;
    this.#forget(sequenceNumber, acknowledged);
    // The agent measures from the last resend, which tells nothing when the answer is to an earlier one.
    if (acknowledged.firstSentAt !== undefined) this.#timer.sample(now - acknowledged.firstSentAt);
    if (this.#onDuplicates === "ignores") this.#forgetCarriedOverBefore(sequenceNumber);
  }

  /** When {@link onDeadline} is due; undefined when nothing is in flight. */
  nextDeadline(): EpochMillis | undefined {
    const deadlines = [this.#oldest(), first(this.#inDoubt)?.[1]].flatMap(
      (frame) => this.#dueAt(frame) ?? [],
    );
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  /** The oldest frame if it is due again. */
  onDeadline(now: EpochMillis): Uint8Array | undefined {
    const oldest = this.#oldest();
    if (oldest !== undefined && this.#isDue(oldest, now)) return resent(oldest, now);
    const [sequenceNumber, doubtful] = first(this.#inDoubt) ?? [];
    if (sequenceNumber === undefined || doubtful === undefined || !this.#isDue(doubtful, now))
      return undefined;
    if (doubtful.resends + 1 === resendsInDoubt) this.#believe(sequenceNumber);
    else {
      // It goes to the end: all have their turns.
      this.#inDoubt.delete(sequenceNumber);
      this.#inDoubt.set(sequenceNumber, doubtful);
    }
    return resent(doubtful, now);
  }

  /** All that is not acknowledged, for a new connection. */
  resendAll(now: EpochMillis): readonly Uint8Array[] {
    // Ahead of the rest they might be all that a connection carries before it is cut, too.
    for (const doubtful of this.#inDoubt.values()) doubtful.lastSentAt = now;
    return [...this.#inFlight.values()].map((inFlight) => {
      inFlight.carriedOver = inFlight.lastSentAt !== undefined;
      inFlight.firstSentAt = now;
      inFlight.lastSentAt = now;
      inFlight.resends = 0;
      return inFlight.frame;
    });
  }

  /**
   * The plugin never acknowledges a frame twice, so one whose acknowledge was lost with its connection would stay for
   * ever. But a connection keeps the order, and this one began with all that was carried over: an answer to anything
   * later proves that those were read, unless a fault has lost some.
   */
  #forgetCarriedOverBefore(sequenceNumber: number): void {
    for (const [earlier, inFlight] of this.#inFlight) {
      if (earlier > sequenceNumber || !inFlight.carriedOver) return;
      this.#forget(earlier, inFlight);
      this.#doubt(earlier, inFlight);
    }
  }

  /** When there are too many, the oldest are given up. */
  #doubt(sequenceNumber: number, frame: InFlight): void {
    frame.resends = 0;
    this.#inDoubt.set(sequenceNumber, frame);
    this.#bytesInDoubt += frame.frame.length;
    const maxBytes = maxWindowsInDoubt * this.#limits.maxUnacknowledgedBytes;
    while (this.#bytesInDoubt > maxBytes) this.#believe(first(this.#inDoubt)?.[0]);
  }

  /** Nothing more is done about the frame. */
  #believe(sequenceNumber: number | undefined): void {
    const believed = sequenceNumber === undefined ? undefined : this.#inDoubt.get(sequenceNumber);
    if (sequenceNumber === undefined || believed === undefined) return;
    this.#inDoubt.delete(sequenceNumber);
    this.#bytesInDoubt -= believed.frame.length;
  }

  #dueAt(frame: InFlight | undefined): EpochMillis | undefined {
    if (frame?.lastSentAt === undefined) return undefined;
    const timeoutMs = Math.ceil(this.#timer.timeoutMs * 2 ** frame.resends);
    return frame.lastSentAt + Math.min(timeoutMs, maxRetransmissionTimeoutMs);
  }

  #isDue(frame: InFlight, now: EpochMillis): boolean {
    const dueAt = this.#dueAt(frame);
    return dueAt !== undefined && now >= dueAt;
  }

  #forget(sequenceNumber: number, inFlight: InFlight): void {
    this.#inFlight.delete(sequenceNumber);
    this.#bytes -= inFlight.frame.length;
  }

  #oldest(): InFlight | undefined {
    return first(this.#inFlight)?.[1];
  }

  #isFilledTo(share: number): boolean {
    const { maxUnacknowledgedBytes, maxUnacknowledgedFrames } = this.#limits;
    return (
      this.#bytes >= share * maxUnacknowledgedBytes || this.#inFlight.size >= share * maxUnacknowledgedFrames
    );
  }
}

function resent(frame: InFlight, now: EpochMillis): Uint8Array {
  frame.lastSentAt = now;
  frame.resends++;
  return frame.frame;
}

function first(frames: ReadonlyMap<number, InFlight>): [number, InFlight] | undefined {
  return frames.entries().next().value;
}
