/** Sizes of a client's data channel. */
export interface ClientChannelLimits {
  /** Bytes of content per frame to the server. */
  readonly maxPayloadBytes: number;
  readonly maxUnacknowledgedBytes: number;
  readonly maxUnacknowledgedFrames: number;
  /** Content bytes that came before their turn, or wait for the consumer. */
  readonly maxEarlyBytes: number;
  readonly maxEarlyItems: number;
}

/** Payloads and early items as the plugin has them. @see data-channel reference, sections 8 and 15 */
export const defaultClientChannelLimits: ClientChannelLimits = {
  maxPayloadBytes: 1024,
  maxUnacknowledgedBytes: 1024 * 1024,
  maxUnacknowledgedFrames: 1024,
  maxEarlyBytes: 4 * 1024 * 1024,
  maxEarlyItems: 10_000,
};
