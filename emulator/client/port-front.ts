import { type Clock, systemClock } from "../clock.ts";
import type { ClientSession, DataChannelClient } from "./data-channel-client.ts";
import { PortForwarding } from "./port-forwarding.ts";
import { failureOf, type SessionEnd } from "./session-end.ts";
import type { ProgramStreams, SessionFront } from "./session-front.ts";

/** How long the server may take to acknowledge our last words. */
const lastWordsMs = 1_000;
const interrupts = ["SIGINT", "SIGQUIT", "SIGTSTP"] as const;

export interface PortFrontOptions {
  readonly sessionId: string;
  readonly client: DataChannelClient;
  readonly session: ClientSession;
  readonly streams: ProgramStreams;
  /** Calls TerminateSession. */
  readonly terminate: () => Promise<void>;
  readonly clock?: Clock;
}

/** Joins a port session with local connections or our own streams, until a signal. @see data-channel reference, section 10 */
export class PortFront implements SessionFront {
  readonly over: Promise<SessionEnd>;
  readonly #options: PortFrontOptions;
  readonly #forwarding: PortForwarding;
  readonly #whenOver = Promise.withResolvers<SessionEnd>();
  readonly #onSignal = () => void this.#interrupt();

  constructor(options: PortFrontOptions) {
    const { sessionId, client, session, streams } = options;
    this.#options = options;
    this.over = this.#whenOver.promise;
    this.#forwarding = new PortForwarding({
      sessionId,
      properties: session.properties,
      agentVersion: session.agentVersion,
      channel: client,
      print: (text) => void streams.output.write(text),
      streams,
    });
    for (const signal of interrupts) process.on(signal, this.#onSignal);
    void this.#open();
  }

  receive(bytes: Uint8Array): Promise<void> | undefined {
    return this.#forwarding.receive(bytes);
  }

  onFlag(value: number): void {
    this.#forwarding.onFlag(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const signal of interrupts) process.off(signal, this.#onSignal);
    await this.#forwarding[Symbol.asyncDispose]();
  }

  async #open(): Promise<void> {
    try {
      await this.#forwarding.open();
      await this.#forwarding.finished;
      await this.#leave({ type: "left" });
    } catch (error) {
      this.#whenOver.resolve(failureOf(error));
    }
  }

  async #interrupt(): Promise<void> {
    if (this.#forwarding.interrupt() === "leave") return this.#leave({ type: "closed", output: "" });
    await this.#options.terminate().catch((error: unknown) => this.#whenOver.resolve(failureOf(error)));
  }

  async #leave(end: SessionEnd): Promise<void> {
    const { client, clock = systemClock } = this.#options;
    const { promise: timeout, resolve } = Promise.withResolvers<void>();
    const cancel = clock.at(clock.now() + lastWordsMs, resolve);
    await Promise.race([client.flush(), timeout]);
    cancel();
    this.#whenOver.resolve(end);
  }
}
