import type { Socket } from "node:net";
import { type Clock, systemClock } from "../clock.ts";
import { flag } from "../protocol/flag.ts";
import { type PortProperties, portProperties } from "../protocol/port-properties.ts";
import { decidePortFeatures, type PortFeatures } from "../session/port-features.ts";
import { BasicForwarding } from "./basic-forwarding.ts";
import { type LocalAddress, type LocalListener, listenLocally } from "./local-listener.ts";
import { MuxForwarding } from "./mux-forwarding.ts";
import type { PortChannel } from "./port-channel.ts";
import { type StandardStreams, StdioForwarding } from "./stdio-forwarding.ts";

export type { LocalAddress } from "./local-listener.ts";

export interface PortForwardingOptions {
  readonly sessionId: string;
  /** As the handshake brings them. */
  readonly properties: unknown;
  readonly agentVersion: string;
  readonly channel: PortChannel;
  /** Takes what the plugin prints, line ends included. */
  readonly print: (text: string) => void;
  /** Joined with the port by a session that forwards no local port. */
  readonly streams: StandardStreams;
  readonly clock?: Clock;
}

/**
 * What the plugin does in a port session, with its texts: local connections, or the standard streams, are joined with
 * a port of the managed node. It is ready for bytes and flags of the agent at once, and forwards from {@link open} on.
 * @see data-channel reference, section 10
 */
export class PortForwarding implements AsyncDisposable {
  readonly features: PortFeatures;
  /** Resolves when nothing more can come of the session: the standard streams have ended, or this was disposed of. */
  readonly finished: Promise<void>;
  readonly #options: PortForwardingOptions;
  readonly #properties: PortProperties;
  readonly #transport: MuxForwarding | BasicForwarding | StdioForwarding;
  readonly #whenFinished = Promise.withResolvers<void>();
  #listener: Promise<LocalListener> | undefined;
  #hasAccepted = false;

  constructor(options: PortForwardingOptions) {
    this.#options = options;
    this.#properties = portProperties(options.properties);
    this.features = decidePortFeatures(this.#properties.type, options.agentVersion);
    this.finished = this.#whenFinished.promise;
    this.#transport = this.#newTransport(options);
  }

  /**
   * Begins to forward. Resolves with the address that is listened on; undefined for the standard streams.
   * @throws ConfigError with the plugin's words when it cannot listen there
   */
  async open(): Promise<LocalAddress | undefined> {
    const transport = this.#transport;
    if (transport instanceof StdioForwarding) {
      void transport.run().then(() => this.#whenFinished.resolve());
      return undefined;
    }
    this.#listener = listenLocally(this.#properties, (socket) => this.#accept(socket, transport));
    const { address } = await this.#listener;
    const place = address.type === "tcp" ? `Port ${address.port}` : `Unix socket ${address.path}`;
    this.#options.print(`${place} opened for sessionId ${this.#options.sessionId}.\n`);
    if (this.features.mode === "mux") this.#options.print("Waiting for connections...\n");
    return address;
  }

  /** Takes the agent's output and keeps views of it; when it returns a promise, give no more until that resolves. */
  receive(bytes: Uint8Array): Promise<void> | undefined {
    return this.#transport.receive(bytes);
  }

  /** Takes the agent's flag. */
  onFlag(value: number): void {
    if (value !== flag.connectToPortError) return;
    this.#options.print("\nConnection to destination port failed, check SSM Agent logs.\n");
  }

  /**
   * The user wants an end. Tells what is left to do: `leave` at once, or call the API's TerminateSession and wait for
   * the end of the session.
   * @see data-channel reference, section 10.3
   */
  interrupt(): "leave" | "terminate-session" {
    if (this.features.mode === "stdio") return "leave";
    this.#options.print("Terminate signal received, exiting.\n");
    if (!this.features.terminatesByFlag) return "terminate-session";
    this.#options.channel.sendFlag(flag.terminateSession);
    return "leave";
  }

  /** Stops listening, and drops all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#transport[Symbol.dispose]();
    const listener = await this.#listener?.catch(() => undefined);
    await listener?.[Symbol.asyncDispose]();
    this.#whenFinished.resolve();
  }

  #newTransport({ channel, streams, clock = systemClock }: PortForwardingOptions) {
    switch (this.features.mode) {
      case "mux":
        return new MuxForwarding({ channel, keepAlive: this.features.keepAlive, clock });
      case "basic":
        return new BasicForwarding(channel);
      case "stdio":
        return new StdioForwarding(channel, streams);
    }
  }

  #accept(socket: Socket, transport: MuxForwarding | BasicForwarding): void {
    if (!this.#hasAccepted) this.#options.print(this.#acceptedText);
    this.#hasAccepted = true;
    transport.accept(socket);
  }

  /** The plugin prints it for the first connection only. */
  get #acceptedText(): string {
    const { sessionId } = this.#options;
    return this.features.mode === "mux"
      ? `\nConnection accepted for session [${sessionId}]\n`
      : `Connection accepted for session ${sessionId}.\n`;
  }
}
