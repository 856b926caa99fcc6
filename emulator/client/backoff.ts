/** The first delay is between this and twice as much, by chance; each further one is twice the one before. */
const firstDelayMs = 100;
const maxFailuresInARow = 5;
/** A connection that lived for so long was a good one; a shorter life counts as a failure. */
const provenAfterMs = 1_000;

/**
 * When to try again, as the plugin does. But the plugin goes on for ever and without a pause when its server takes each
 * connection and drops it: here this is a failure like any other.
 * @see data-channel reference, section 12
 */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds to wait after an attempt that came to nothing; undefined: give up. */
  failed(): number | undefined {
    this.#failures++;
    if (this.#failures > maxFailuresInARow) return undefined;
    return firstDelayMs * (1 + this.#random()) * 2 ** (this.#failures - 1);
  }

  /** Milliseconds to wait after the loss of a connection that lived for so long; undefined: give up. */
  lost(livedMs: number): number | undefined {
    if (livedMs < provenAfterMs) return this.failed();
    this.#failures = 0;
    return 0;
  }
}
