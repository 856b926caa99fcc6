import type { AttachedClient, ClientConnection, DataChannels } from "../agent/client-connection.ts";
import type { Clock } from "../clock.ts";
import type { ActiveFault, FaultList } from "./fault-list.ts";
import { FaultyConnection } from "./faulty-connection.ts";
import { type SelectableSession, selectsSession } from "./selects.ts";

export interface FaultyDataChannelsOptions {
  /** Of the clients' time, which is never put forward. */
  readonly clock: Clock;
  readonly faults: FaultList;
  readonly session: (sessionId: string) => SelectableSession | undefined;
  readonly nodeName: (nodeId: string) => string | undefined;
  /** Stops a node as if its power were cut. */
  readonly killNode: (nodeId: string) => void;
}

/** Lets clients into data channels that have the faults in force. */
export class FaultyDataChannels implements DataChannels {
  readonly #channels: DataChannels;
  readonly #options: FaultyDataChannelsOptions;

  constructor(channels: DataChannels, options: FaultyDataChannelsOptions) {
    this.#channels = channels;
    this.#options = options;
  }

  attach(request: {
    readonly sessionId: string;
    readonly tokenValue: string;
    readonly connection: ClientConnection;
  }): AttachedClient | { readonly refusal: Uint8Array } {
    const { faults, clock, nodeName, killNode } = this.#options;
    const session = this.#options.session(request.sessionId);
    if (session === undefined) return this.#channels.attach(request);
    const isFor = ({ fault }: ActiveFault) => selectsSession(fault.on, session, nodeName(session.target));
    const isStale = faults.ofType("stale_token").some((active) => isFor(active) && active.strike());
    if (isStale) return this.#channels.attach({ ...request, tokenValue: "" });
    const connection = new FaultyConnection(request.connection, {
      clock,
      faults,
      isFor,
      killNode: () => killNode(session.target),
    });
    const attached = this.#channels.attach({ ...request, connection: connection.towardsClient });
    if ("refusal" in attached) {
      connection.abandon();
      return attached;
    }
    return connection.towards(attached);
  }
}
