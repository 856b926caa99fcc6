export interface InboundSequenceLimits {
  /** Content bytes of items that came before their turn. */
  readonly maxEarlyBytes: number;
  readonly maxEarlyItems: number;
}

/**
 * What became of an offered item:
 * `next`: it is its turn; acknowledge it when it is taken.
 * `early`: it is kept until the ones before it are there; acknowledge it now.
 * `waiting`: as `early`, but acknowledge it when it is taken, too.
 * `duplicate`: it was acknowledged before; acknowledge it again, the first may be lost.
 * `refused`: there is no room for it; leave it to its sender to send it again.
 */
export type Reception = "next" | "early" | "waiting" | "duplicate" | "refused";

/** When items that come before their turn are acknowledged. */
export type EarlyAnswer = "at-once" | "in-turn";

interface Kept<T> {
  readonly item: T;
  readonly bytes: number;
  readonly acknowledged: boolean;
}

/**
 * Puts the items of the incoming stream in order, each of them once.
 * @see data-channel reference, section 8
 */
export class InboundSequence<T> {
  readonly #limits: InboundSequenceLimits;
  readonly #kept = new Map<number, Kept<T>>();
  #keptBytes = 0;
  #expected = 0;

  constructor(limits: InboundSequenceLimits) {
    this.#limits = limits;
  }

  /** The number of the item whose turn it is. */
  get expected(): number {
    return this.#expected;
  }

  /** Half of the room is taken: time to stop reading from where the items come. */
  get isHalfFull(): boolean {
    const { maxEarlyBytes, maxEarlyItems } = this.#limits;
    return 2 * this.#keptBytes >= maxEarlyBytes || 2 * this.#kept.size >= maxEarlyItems;
  }

  offer(sequenceNumber: number, item: T, bytes: number, early: EarlyAnswer = "at-once"): Reception {
    if (sequenceNumber < this.#expected) return "duplicate";
    const kept = this.#kept.get(sequenceNumber);
    if (kept?.acknowledged === true) return "duplicate";
    const isNext = sequenceNumber === this.#expected;
    // The next one always fits: it lets the others go.
    if (!isNext && !this.#hasRoomFor(bytes)) return "refused";
    const acknowledged = !isNext && early === "at-once";
    this.#kept.set(sequenceNumber, { item, bytes, acknowledged });
    // What was not taken may have been of no use: the newer one replaces it.
    this.#keptBytes += bytes - (kept?.bytes ?? 0);
    if (isNext) return "next";
    return acknowledged ? "early" : "waiting";
  }

  /** The item whose turn it is, if it is there, without taking it. */
  peek(): T | undefined {
    return this.#kept.get(this.#expected)?.item;
  }

  /** Takes what {@link peek} shows; `acknowledged` tells whether it was acknowledged when it came in. */
  take(): { readonly acknowledged: boolean } {
    const kept = this.#kept.get(this.#expected);
    if (kept === undefined) throw new Error(`Item ${this.#expected} is not there yet`);
    this.#kept.delete(this.#expected);
    this.#keptBytes -= kept.bytes;
    this.#expected++;
    return kept;
  }

  #hasRoomFor(bytes: number): boolean {
    const { maxEarlyBytes, maxEarlyItems } = this.#limits;
    return this.#kept.size < maxEarlyItems && this.#keptBytes + bytes <= maxEarlyBytes;
  }
}
