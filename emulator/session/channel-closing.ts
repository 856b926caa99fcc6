import type { EpochMillis } from "../clock.ts";
import { encodeChannelClosed } from "../protocol/channel-closed.ts";

export interface ChannelClosingOptions {
  readonly sessionId: string;
  readonly newMessageId: () => string;
  /** How long the client may take to get what is on its way, each time it is attached. */
  readonly drainPatienceMs: number;
}

/** The end of a data channel: what is on its way to the client first, then the closing message. */
export class ChannelClosing {
  readonly #options: ChannelClosingOptions;
  #output: string | undefined;
  #deadline: EpochMillis | undefined;
  #frame: Uint8Array | undefined;

  constructor(options: ChannelClosingOptions) {
    this.#options = options;
  }

  get hasBegun(): boolean {
    return this.#output !== undefined;
  }

  /** The closing message, once it is due. */
  get frame(): Uint8Array | undefined {
    return this.#frame;
  }

  /** When the client has had its time; undefined when nothing is waited for. */
  get deadline(): EpochMillis | undefined {
    return this.#frame === undefined ? this.#deadline : undefined;
  }

  /** Only the first call counts. */
  begin(output: string, now: EpochMillis): void {
    if (this.#output !== undefined) return;
    this.#output = output;
    this.#deadline = now + this.#options.drainPatienceMs;
  }

  clientAttached(now: EpochMillis): void {
    if (this.hasBegun) this.#deadline = now + this.#options.drainPatienceMs;
  }

  isOverdue(now: EpochMillis): boolean {
    return this.#deadline !== undefined && now >= this.#deadline;
  }

  /** Makes the closing message. */
  finish(destinationId: string, now: EpochMillis): Uint8Array {
    const { sessionId, newMessageId } = this.#options;
    const messageId = newMessageId();
    const output = this.#output ?? "";
    this.#frame = encodeChannelClosed({ messageId, createdAt: now, sessionId, destinationId, output });
    return this.#frame;
  }
}
