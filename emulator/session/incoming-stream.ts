import { ProtocolError } from "../errors.ts";
import type { Acknowledge } from "../protocol/acknowledge.ts";
import type { ReceivedMessage } from "../protocol/agent-message.ts";
import { flag } from "../protocol/flag.ts";
import type { ChannelCipher } from "./channel-cipher.ts";
import type { ClientInput } from "./client-input.ts";
import { InboundSequence, type InboundSequenceLimits, type Reception } from "./inbound-sequence.ts";

/**
 * What becomes of what the client says.
 * `session`: input and flags wait for the plugin to accept them.
 * `handshake`: they are thrown away, as in the agent.
 * `end`: they are thrown away, too, but for the flag that asks for the end.
 */
export type IncomingStage = "session" | "handshake" | "end";

interface Item {
  readonly acknowledge: Acknowledge;
  readonly input: ClientInput;
}

export interface TakenInput {
  readonly input: ClientInput;
  /** To be acknowledged now; undefined when it was before. */
  readonly acknowledge: Acknowledge | undefined;
}

const nothing: ClientInput = { type: "unknown" };

/** What comes from the client, over all of its connections: put in order, opened, and kept until it is wanted. */
export class IncomingStream {
  readonly #sequence: InboundSequence<Item>;
  #cipher: ChannelCipher | undefined;
  #isAccepted = false;
  #isHeld = false;

  constructor(limits: InboundSequenceLimits) {
    this.#sequence = new InboundSequence(limits);
  }

  /** The plugin takes input and flags. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  accept(): void {
    this.#isAccepted = true;
    this.#isHeld = false;
  }

  /** The plugin takes none for a while. */
  hold(): void {
    this.#isAccepted = false;
    this.#isHeld = true;
  }

  /** Takes all input from now on for sealed. */
  openWith(cipher: ChannelCipher): void {
    this.#cipher = cipher;
  }

  /**
   * While the plugin holds, nothing is acknowledged, so that a sender with a window stops. It would go on until there is
   * no room, and then send all that was refused again, one frame a round trip.
   */
  offer(acknowledge: Acknowledge, input: ClientInput, { payload }: ReceivedMessage): Reception {
    const early = this.#isHeld ? "in-turn" : "at-once";
    return this.#sequence.offer(acknowledge.sequenceNumber, { acknowledge, input }, payload.length, early);
  }

  /** What is next, as it came; undefined while it is not there. */
  peek(): ClientInput | undefined {
    return this.#sequence.peek()?.input;
  }

  /** Takes what is next; undefined while it has to wait, which leaves it to its sender to send it again. */
  take(stage: IncomingStage): TakenInput | undefined {
    const next = this.#sequence.peek();
    const input = next && this.#taken(next.input, stage);
    if (next === undefined || input === undefined) return undefined;
    const { acknowledged } = this.#sequence.take();
    return { input, acknowledge: acknowledged ? undefined : next.acknowledge };
  }

  #taken(input: ClientInput, stage: IncomingStage): ClientInput | undefined {
    if (input.type !== "output" && input.type !== "flag") return input;
    if (stage === "handshake") return nothing;
    if (input.type === "flag" && input.value === flag.terminateSession) return input;
    if (stage === "end") return nothing;
    if (!this.#isAccepted) return undefined;
    return input.type === "output" ? this.#opened(input.bytes) : input;
  }

  /** The agent does not take what it cannot decrypt, and waits for it to be sent again. */
  #opened(bytes: Uint8Array): ClientInput | undefined {
    if (this.#cipher === undefined) return { type: "output", bytes };
    try {
      return { type: "output", bytes: this.#cipher.decrypt(bytes) };
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }
}
