import type { Writable } from "node:stream";

/**
 * Lets all that is written to a stream in one turn of the event loop reach the system in one call. Small frames come in
 * dozens, and a call for each takes longer than everything else that is done for them.
 */
export class GatheredWrites {
  readonly #stream: Writable;
  #isGathering = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** To be called before a write. */
  gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#stream.cork();
    process.nextTick(() => this.flush());
  }

  /** To be called before the stream is destroyed, for what was written to be sent all the same. */
  flush(): void {
    if (!this.#isGathering) return;
    this.#isGathering = false;
    this.#stream.uncork();
  }
}
