import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import type { Clock } from "../../clock.ts";
import { EngineFleet } from "../engine-fleet.ts";
import type { NodeSpec } from "../node-spec.ts";
import { isOnPath } from "./is-on-path.ts";
import { NamespaceNode } from "./namespace-node.ts";
import { explainRefusal, type NamespaceRights, namespaceRights } from "./namespace-rights.ts";
import { NodeHub } from "./node-hub.ts";
import { sweepLimits } from "./node-limits.ts";
import {
  emulatorAddress,
  emulatorName,
  hostsFile,
  type NodeAddress,
  type NodeNetwork,
  nodeAddress,
} from "./node-network.ts";
import { machineTree, type RootTree, unpackedImage } from "./unpacked-image.ts";

export interface NamespaceFleetOptions {
  readonly nodes: readonly NodeSpec[];
  /** Tells the times of what the API describes. */
  readonly clock: Clock;
  /** An archive or a folder with the root of nodes that name none; undefined: this machine's own programs. */
  readonly image?: string | undefined;
  /** Where unpacked images are kept. */
  readonly cacheDirectory: string;
  readonly network?: NodeNetwork | undefined;
  readonly helper?: "auto" | "off" | undefined;
  readonly entrance?: "auto" | "off" | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** Managed nodes as processes in namespaces of this machine. They end with this process, however it ends. */
export class NamespaceFleet extends EngineFleet<NamespaceNode> {
  readonly engine = "namespace";
  override readonly emulatorNames = [emulatorName];
  readonly #options: NamespaceFleetOptions;
  readonly #hub: NodeHub;
  /** Whether this machine has iproute2. */
  readonly #hasIp: boolean;
  #door: Server | undefined;
  readonly #trees = new Map<string, Promise<RootTree>>();

  /** @throws ManagedNodeError when this machine makes no namespaces, or a node cannot be had */
  static async open(options: NamespaceFleetOptions): Promise<NamespaceFleet> {
    const [rights, hasIp] = await Promise.all([namespaceRights(), isOnPath("ip"), sweepLimits()]);
    let fleet: NamespaceFleet | undefined;
    try {
      fleet = new NamespaceFleet(await openHub(rights, hasIp, options), hasIp, options);
      await fleet.#open();
      return fleet;
    } catch (cause) {
      await fleet?.close({ remove: true });
      return await explainRefusal(rights, cause);
    }
  }

  private constructor(hub: NodeHub, hasIp: boolean, options: NamespaceFleetOptions) {
    super();
    this.#hub = hub;
    this.#hasIp = hasIp;
    this.#options = options;
  }

  /** The server listens on the nodes' own network, too, where nobody else is. */
  override async admitTo(server: HttpServer): Promise<void> {
    if (this.#hub.network !== "bridge") return;
    const { port } = server.address() as AddressInfo;
    const door = await this.#hub.listen(emulatorAddress, port);
    door.on("connection", (socket) => server.emit("connection", socket));
    this.#door = door;
  }

  /** Ends all sessions and all nodes: there is no keeping them. */
  override async close(options: { readonly remove: boolean }): Promise<void> {
    this.#door?.close();
    await super.close(options);
    this.#hub.close();
  }

  async #open(): Promise<void> {
    const { nodes } = this.#options;
    const addresses = nodes.map(({ name }, index) => ({ name, ipAddress: nodeAddress(index) }));
    const resolverFile = await this.#resolverFile();
    await this.openAll(nodes, (spec, index) => this.#openNode(spec, { addresses, index, resolverFile }));
  }

  async #openNode(
    spec: NodeSpec,
    place: {
      readonly addresses: readonly NodeAddress[];
      readonly index: number;
      readonly resolverFile: string;
    },
  ): Promise<void> {
    const { clock, helper = "auto", entrance = "auto", onProgress } = this.#options;
    const { network } = this.#hub;
    const { addresses, index, resolverFile } = place;
    const self = { name: spec.name, ipAddress: network === "bridge" ? nodeAddress(index) : "127.0.0.1" };
    const node = await NamespaceNode.open({
      spec,
      clock,
      helper,
      entrance,
      onProgress,
      hub: this.#hub,
      limitsId: randomUUID(),
      tree: await this.#tree(spec.image),
      ipAddress: self.ipAddress,
      hostsFile: hostsFile(self, addresses, network),
      resolverFile,
      networkLines: this.#networkLines(index, self.ipAddress),
      onConnected: async () => {
        if (network === "bridge") await this.#hub.accept(index);
      },
      onConnectionLost: () => this.tellLost(spec.nodeId),
    });
    this.nodes.set(spec.nodeId, node);
  }

  /** Each image is unpacked once. */
  #tree(image = this.#options.image): Promise<RootTree> {
    if (image === undefined) return Promise.resolve(machineTree);
    const { cacheDirectory, onProgress } = this.#options;
    const { asRoot } = this.#hub;
    const tree = this.#trees.get(image) ?? unpackedImage(image, { cacheDirectory, asRoot, onProgress });
    this.#trees.set(image, tree);
    return tree;
  }

  #networkLines(index: number, ipAddress: string): readonly string[] {
    if (this.#hub.network === "bridge") return this.#hub.nodeLines(index, ipAddress);
    return this.#hub.network === "none" && this.#hasIp ? ["link set lo up"] : [];
  }

  /** Names of the world are only of use where the world is reached. */
  async #resolverFile(): Promise<string> {
    if (this.#hub.network !== "host") return "";
    return (await readFile("/etc/resolv.conf", "utf8").catch(() => "")).trimEnd();
  }
}

async function openHub(
  rights: NamespaceRights,
  hasIp: boolean,
  options: NamespaceFleetOptions,
): Promise<NodeHub> {
  const { network = "bridge", onProgress } = options;
  if (network === "host") return await NodeHub.open(rights, network);
  if (!hasIp) {
    onProgress?.(
      "Nodes have no network, for `ip` is missing: no port sessions, no SSH, no names of other nodes. " +
        "Install the package iproute2 for them",
    );
    return await NodeHub.open(rights, "none");
  }
  if (network === "none") return await NodeHub.open(rights, network);
  try {
    return await NodeHub.open(rights, network);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    onProgress?.(`Nodes reach only themselves, not each other: ${reason}`);
    return await NodeHub.open(rights, "none");
  }
}
