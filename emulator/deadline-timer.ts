import type { Clock, EpochMillis } from "./clock.ts";

/** The one timer of a machine's owner, armed anew only when the machine's deadline has changed. */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #onDeadline: () => void;
  #deadline: EpochMillis | undefined;
  #cancel: () => void = () => {};

  constructor(clock: Clock, onDeadline: () => void) {
    this.#clock = clock;
    this.#onDeadline = onDeadline;
  }

  /** Undefined: nothing is waited for. */
  arm(deadline: EpochMillis | undefined): void {
    if (deadline === this.#deadline) return;
    this.#cancel();
    this.#deadline = deadline;
    this.#cancel = deadline === undefined ? () => {} : this.#clock.at(deadline, () => this.#fire());
  }

  #fire(): void {
    this.#deadline = undefined;
    this.#onDeadline();
  }
}
