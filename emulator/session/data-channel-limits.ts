/** Sizes and waits of a data channel. */
export interface DataChannelLimits {
  /** Bytes of content per frame to the client. At least 4, for a whole character. */
  readonly maxPayloadBytes: number;
  readonly maxUnacknowledgedBytes: number;
  readonly maxUnacknowledgedFrames: number;
  readonly maxEarlyBytes: number;
  readonly maxEarlyItems: number;
  /** How long a client that has read the handshake request may take to answer it before it gets output without one. */
  readonly responsePatienceMs: number;
  /** How long a session waits for a handshake that it requires; then as long for the answer to the challenge. */
  readonly handshakeTimeoutMs: number;
  /** How long the first output waits for the client's first size. */
  readonly sizePatienceMs: number;
  /** How long a port's first output waits for the client's first input. */
  readonly portPatienceMs: number;
  /**
   * How long all that goes to a multiplexing client waits for its first input, from when it has acknowledged the end of
   * the handshake: it is in place 2 ms later, and breaks when it hears anything before.
   */
  readonly multiplexerPatienceMs: number;
  /** How long the closing message waits for the client to take the output before it. */
  readonly drainPatienceMs: number;
}

/**
 * Payloads and window as measured to be fast; early items and draining as the plugin and the agent have them.
 * The real agent waits 15 s for a response, but does no handshake for shells, so nothing is lost by going on.
 * @see data-channel reference, sections 7.2, 8 and 15
 */
export const defaultDataChannelLimits: DataChannelLimits = {
  maxPayloadBytes: 32 * 1024,
  maxUnacknowledgedBytes: 1024 * 1024,
  maxUnacknowledgedFrames: 1024,
  maxEarlyBytes: 4 * 1024 * 1024,
  maxEarlyItems: 10_000,
  responsePatienceMs: 2_000,
  handshakeTimeoutMs: 15_000,
  sizePatienceMs: 1_500,
  portPatienceMs: 20,
  multiplexerPatienceMs: 250,
  drainPatienceMs: 2_000,
};

/**
 * What ports have instead: all that a connection gives at once fits in one payload. Each costs a digest, an acknowledge
 * and two writes, whatever its size, and the plugin takes any. A shell's bytes trickle out of a terminal.
 * @see data-channel reference, section 15
 */
export const portDataChannelLimits: DataChannelLimits = {
  ...defaultDataChannelLimits,
  maxPayloadBytes: 128 * 1024,
};
