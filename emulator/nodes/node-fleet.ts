import type { Server } from "node:http";
import type { ManagedNode } from "../agent/managed-node.ts";
import type { NodeAdministration } from "../agent/node-administration.ts";
import type { NodeDescription } from "../operations/ports/managed-nodes.ts";

/** A node as a fleet has it: for the agent and for the administrator. */
export interface FleetNode extends ManagedNode, NodeAdministration {}

/** What plays an emulator's nodes. */
export type EngineName = "docker" | "namespace";

/** The managed nodes of an emulator, whatever engine plays them. @throws ManagedNodeError, all that is asynchronous */
export interface NodeFleet {
  /** Undefined: there are no nodes. */
  readonly engine: EngineName | undefined;
  /** Names that lead nodes to the emulator. */
  readonly emulatorNames: readonly string[];
  describe(): readonly NodeDescription[];
  get(nodeId: string): FleetNode | undefined;
  /** Calls back when a node stops running. Calling the result ends this. */
  onConnectionLost(callback: (nodeId: string) => void): () => void;
  /** Lets nodes connect to the emulator's server, which listens, where this machine's network does not do that already. */
  admitTo(server: Server): Promise<void>;
  /** Ends all sessions, starts stopped nodes and brings the OS users of all nodes back to the seed. */
  reset(): Promise<void>;
  /** Ends all sessions; with `remove` the nodes that an emulator created go too. Temporary nodes always go. */
  close(options: { readonly remove: boolean }): Promise<void>;
}

/** For an emulator that is asked for no nodes: it needs no engine. */
export const noNodes: NodeFleet = {
  engine: undefined,
  emulatorNames: [],
  describe: () => [],
  get: () => undefined,
  onConnectionLost: () => () => {},
  admitTo: async () => {},
  reset: async () => {},
  close: async () => {},
};
