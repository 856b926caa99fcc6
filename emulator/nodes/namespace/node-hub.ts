import type { Server } from "node:net";
import { systemClock } from "../../clock.ts";
import { ManagedNodeError } from "../../errors.ts";
import { listenInside } from "../network/listen-inside.ts";
import { nodeError } from "../node-error.ts";
import { namespaceEntrance } from "./namespace-entrance.ts";
import { type NamespaceHolder, startHolder } from "./namespace-holder.ts";
import type { NamespaceRights } from "./namespace-rights.ts";
import { emulatorAddress, type NodeNetwork, networkPrefixLength } from "./node-network.ts";

const commandTimeoutMs = 15_000;
const bridge = "nodes";
/** The commands of iproute2 that make the bridge. */
const bridgeLines = [
  "link set lo up",
  `link add ${bridge} type bridge`,
  `addr add ${emulatorAddress}/${networkPrefixLength} dev ${bridge}`,
  `link set ${bridge} up`,
];
/** A command that answers with a line, when those before it are done. */
const doneLine = "link show dev lo";

/**
 * What the nodes of a fleet share: the user namespace, where this process is not root, and the network with the bridge
 * between them. It is held by a process of its own, so that this machine's network is left alone: an `ip` that takes one
 * command after the other, for starting one takes longer than what it does.
 */
export class NodeHub {
  readonly network: NodeNetwork;
  readonly #holder: NamespaceHolder;
  readonly #rights: NamespaceRights;
  #lastCommand: Promise<void> = Promise.resolve();

  /** @throws ManagedNodeError */
  static async open(rights: NamespaceRights, network: NodeNetwork): Promise<NodeHub> {
    const own = [
      ...(rights === "user" ? ["--user", "--map-root-user", "--map-auto"] : []),
      ...(network === "bridge" ? ["--net"] : []),
    ];
    const isBridge = network === "bridge";
    const holder = isBridge
      ? ["ip", "-oneline", "-batch", "-"]
      : ["/bin/sh", "-c", "echo ready; exec cat >/dev/null"];
    const input = isBridge ? [...bridgeLines, doneLine, ""].join("\n") : "";
    try {
      return new NodeHub(await startHolder(["unshare", ...own, "--", ...holder], input), rights, network);
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
    return this.hasUserNamespace ? this.#enter() : [];
  }

  /** The commands by which a node connects itself, to be followed by {@link accept}. */
  nodeLines(index: number, ipAddress: string): readonly string[] {
    return [
      "link set lo up",
      `link add eth0 type veth peer name ${portOf(index)} netns /proc/${this.#holder.pid}/ns/net`,
      `addr add ${ipAddress}/${networkPrefixLength} dev eth0`,
      "link set eth0 up",
    ];
  }

  /** Lets a node that has connected itself onto the bridge. @throws ManagedNodeError */
  accept(index: number): Promise<void> {
    const accepted = this.#lastCommand.then(() =>
      this.#command(`link set ${portOf(index)} master ${bridge} up`),
    );
    this.#lastCommand = accepted.catch(() => undefined);
    return accepted;
  }

  /** Listens on an address of the bridge's side of the network. @throws ManagedNodeError */
  async listen(host: string, port: number): Promise<Server> {
    return await listenInside(this.#enter("--net"), { host, port });
  }

  close(): void {
    this.#holder.program.destroy();
  }

  /** A command that fails ends the program, with its reason as the last words. */
  async #command(line: string): Promise<void> {
    const { program } = this.#holder;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (reason: string) =>
      reject(
        new ManagedNodeError(`A node could not be connected to the network: ${reason}`, { cause: reason }),
      );
    let complaint = "";
    program.onOutput = (piece, from) => {
      if (from === "stdout") resolve();
      else complaint += piece.toString();
    };
    program.onEnd = () => fail(complaint.trim() || "the network has ended");
    const cancel = systemClock.at(systemClock.now() + commandTimeoutMs, () => fail("it took too long"));
    program.input.write(`${line}\n${doneLine}\n`);
    await promise.finally(cancel);
  }

  #enter(...namespaces: readonly string[]): string[] {
    return namespaceEntrance({ pid: this.#holder.pid, hasUserNamespace: this.hasUserNamespace }, namespaces);
  }
}

/** The bridge's port for a node. */
function portOf(index: number): string {
  return `node${index}`;
}
