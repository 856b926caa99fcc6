import type { Readable, Writable } from "node:stream";
import { give, pump } from "../streams/stream-flow.ts";
import type { PortChannel } from "./port-channel.ts";

export interface StandardStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * The client's standard streams in place of a connection, for SSH. The plugin turns a payload of a single LF into a CR,
 * and cuts so that this can hit any byte; here all bytes arrive as they are.
 * @see data-channel reference, sections 10.1 and 10.2
 */
export class StdioForwarding implements Disposable {
  readonly #channel: PortChannel;
  readonly #streams: StandardStreams;
  readonly #left = new AbortController();

  constructor(channel: PortChannel, streams: StandardStreams) {
    this.#channel = channel;
    this.#streams = streams;
  }

  /** Sends the input. Resolves when all of it was sent, or the output takes nothing any more. */
  async run(): Promise<void> {
    const { input, output } = this.#streams;
    const broken = Promise.withResolvers<void>();
    output.on("error", broken.resolve);
    await Promise.race([
      pump(input, (bytes) => this.#channel.write(bytes), this.#left.signal),
      broken.promise,
    ]);
  }

  /** Takes bytes of the agent; when it returns a promise, give no more until that resolves. */
  receive(bytes: Uint8Array): Promise<void> | undefined {
    return give(this.#streams.output, bytes);
  }

  [Symbol.dispose](): void {
    this.#left.abort();
  }
}
