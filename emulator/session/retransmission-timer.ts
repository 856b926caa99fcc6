const initialRoundTripMs = 100;
const initialTimeoutMs = 200;
/** The clock's granularity: the least that is added to the round trip. */
const minVariationMs = 10;

/** No timeout is longer, backed off or not. */
export const maxRetransmissionTimeoutMs = 1_000;

/**
 * How long to wait for an acknowledge, learnt from the round trips seen.
 * @see data-channel reference, section 8; amazon-ssm-agent `agent/session/datachannel/datachannel.go`
 */
export class RetransmissionTimer {
  #roundTripMs = initialRoundTripMs;
  #variationMs = 0;
  #timeoutMs = initialTimeoutMs;

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** Takes in one more round trip, in milliseconds. */
  sample(roundTripMs: number): void {
    this.#variationMs = (3 * this.#variationMs + Math.abs(this.#roundTripMs - roundTripMs)) / 4;
    this.#roundTripMs = (7 * this.#roundTripMs + roundTripMs) / 8;
    const timeoutMs = this.#roundTripMs + Math.max(minVariationMs, 4 * this.#variationMs);
    this.#timeoutMs = Math.min(timeoutMs, maxRetransmissionTimeoutMs);
  }
}
