/** Does one thing after the other, but none while it is paused, as it is at first. */
export class HeldOutput {
  readonly #steps: (() => void)[] = [];
  #isPaused = true;
  #isBusy = false;

  put(step: () => void): void {
    this.#steps.push(step);
    this.#goOn();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#goOn();
  }

  #goOn(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (!this.#isPaused) {
        const step = this.#steps.shift();
        if (step === undefined) return;
        step();
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
