import type { Server } from "node:net";
import { nodeError } from "../node-error.ts";
import { listenInside } from "./listen-inside.ts";
import { type NamespaceHolder, startHolder } from "./namespace-holder.ts";
import type { NamespaceRights } from "./namespace-rights.ts";
import { emulatorAddress, type NodeNetwork, networkPrefixLength } from "./node-network.ts";
import { runTool } from "./run-tool.ts";

const timeoutMs = 15_000;
const bridge = "nodes";
/** Ends when its input does. */
const holderScript = 'set -e; eval "$1"; echo ready; exec cat >/dev/null';
const bridgeScript = [
  "ip link set lo up",
  `ip link add ${bridge} type bridge`,
  `ip addr add ${emulatorAddress}/${networkPrefixLength} dev ${bridge}`,
  `ip link set ${bridge} up`,
].join("\n");

/**
 * What the nodes of a fleet share: the user namespace, where this process is not root, and the network with the bridge
 * between them. It is a process of its own, so that this machine's network is left alone.
 */
export class NodeHub {
  readonly #holder: NamespaceHolder;
  readonly #rights: NamespaceRights;
  readonly network: NodeNetwork;

  /** @throws ManagedNodeError */
  static async open(rights: NamespaceRights, network: NodeNetwork): Promise<NodeHub> {
    const own = [
      ...(rights === "user" ? ["--user", "--map-root-user", "--map-auto"] : []),
      ...(network === "bridge" ? ["--net"] : []),
    ];
    const script = network === "bridge" ? bridgeScript : ":";
    const words = ["unshare", ...own, "--", "/bin/sh", "-c", holderScript, "sh", script];
    try {
      return new NodeHub(await startHolder(words), rights, network);
    } catch (cause) {
      throw nodeError("The nodes' network could not be made", cause);
    }
  }

  private constructor(holder: NamespaceHolder, rights: NamespaceRights, network: NodeNetwork) {
    this.#holder = holder;
    this.#rights = rights;
    this.network = network;
  }

  get hasUserNamespace(): boolean {
    return this.#rights === "user";
  }

  /** Words before a program that is to run as root of the nodes' user namespace. */
  get asRoot(): readonly string[] {
    return this.hasUserNamespace ? this.#enter(this.#holder.pid) : [];
  }

  /** Words before a program that is to run on the bridge's side of the network. */
  get #inNetwork(): readonly string[] {
    return this.#enter(this.#holder.pid, "--net");
  }

  /** Connects a node to the bridge, and brings its loopback up. @throws ManagedNodeError */
  async connect(pid: number, index: number, ipAddress: string): Promise<void> {
    const port = `node${index}`;
    await this.#ip(this.#inNetwork, [
      `link add ${port} type veth peer name eth0 netns ${pid}`,
      `link set ${port} master ${bridge} up`,
    ]);
    await this.#ip(this.#enter(pid, "--net"), [
      "link set lo up",
      `addr add ${ipAddress}/${networkPrefixLength} dev eth0`,
      "link set eth0 up",
    ]);
  }

  /** Brings a node's loopback up, its only interface. @throws ManagedNodeError */
  async connectToNothing(pid: number): Promise<void> {
    await this.#ip(this.#enter(pid, "--net"), ["link set lo up"]);
  }

  /** Listens on an address of the bridge's side of the network. @throws ManagedNodeError */
  async listen(host: string, port: number): Promise<Server> {
    return await listenInside(this.#inNetwork, { host, port });
  }

  close(): void {
    this.#holder.program.destroy();
  }

  #enter(pid: number, ...namespaces: readonly string[]): string[] {
    const user = this.hasUserNamespace ? ["--user"] : [];
    return ["nsenter", ...user, ...namespaces, "--target", String(pid), "--"];
  }

  async #ip(entrance: readonly string[], lines: readonly string[]): Promise<void> {
    try {
      await runTool([...entrance, "ip", "-batch", "-"], { input: `${lines.join("\n")}\n`, timeoutMs });
    } catch (cause) {
      throw nodeError("A node could not be connected to the network", cause);
    }
  }
}
