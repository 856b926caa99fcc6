/** Tells those who wait that something has changed. */
export class ChangeSignal {
  #waiting = Promise.withResolvers<void>();

  notify(): void {
    this.#waiting.resolve();
    this.#waiting = Promise.withResolvers();
  }

  /** Resolves at the next change, or when the time is over. */
  async next(timeoutMs: number): Promise<void> {
    const { promise: timeout, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, timeoutMs));
    await Promise.race([this.#waiting.promise, timeout]);
    clearTimeout(timer);
  }
}
