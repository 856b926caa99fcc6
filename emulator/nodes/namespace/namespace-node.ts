import { readFile } from "node:fs/promises";
import { type EpochMillis, systemClock } from "../../clock.ts";
import { ManagedNodeError } from "../../errors.ts";
import { EngineNode, type EngineNodeOptions } from "../engine-node.ts";
import { nodeErrorWithCode } from "../node-error.ts";
import type { NodeProgram } from "../node-exec.ts";
import type { ChildProgram } from "./child-program.ts";
import { confinedWords } from "./confined-words.ts";
import { namespaceEntrance } from "./namespace-entrance.ts";
import { type NamespaceHolder, startHolder } from "./namespace-holder.ts";
import type { NodeHub } from "./node-hub.ts";
import { limitNode, type NodeLimits } from "./node-limits.ts";
import { nodeCapabilities } from "./node-rights.ts";
import { NsenterExec } from "./nsenter-exec.ts";
import type { RootTree } from "./unpacked-image.ts";

const endTimeoutMs = 5_000;

const script = await readFile(new URL("node-root.sh", import.meta.url), "utf8");

export interface NamespaceNodeOptions extends Omit<EngineNodeOptions, "exec" | "openShell"> {
  readonly hub: NodeHub;
  /** The name of the node's limits, unique on this machine. */
  readonly limitsId: string;
  readonly tree: RootTree;
  readonly ipAddress: string;
  readonly hostsFile: string;
  readonly resolverFile: string;
  /** Commands of iproute2 by which the node connects itself; none where that is missing. */
  readonly networkLines: readonly string[];
  /** Once it has done that. */
  readonly onConnected: () => Promise<void>;
}

/**
 * A process that plays a managed node, in namespaces of its own. Nothing of it is kept anywhere: when the process ends, as it
 * does with this one, all is gone.
 */
export class NamespaceNode extends EngineNode {
  /** The id of the node's first process, on this machine. */
  readonly pid: number;
  readonly #options: NamespaceNodeOptions;
  readonly #entered: NsenterExec;
  readonly #limits: NodeLimits;
  readonly #program: ChildProgram;
  #isShellTaken = false;
  #isRunning = true;
  #registeredAt: EpochMillis | undefined;

  /** @throws ManagedNodeError */
  static async open(options: NamespaceNodeOptions): Promise<NamespaceNode> {
    const limits = await limitNode(options.limitsId);
    let node: NamespaceNode | undefined;
    try {
      const holder = await startHolder(nodeWords(options, limits), script);
      node = new NamespaceNode(options, holder, limits);
      await node.#prepare();
      return node;
    } catch (cause) {
      await (node === undefined ? limits.remove() : node.close());
      throw nodeErrorWithCode(`Node ${options.spec.name} could not be made`, cause);
    }
  }

  private constructor(options: NamespaceNodeOptions, holder: NamespaceHolder, limits: NodeLimits) {
    const entered = new NsenterExec({
      pid: pidOf(holder),
      hasUserNamespace: options.hub.hasUserNamespace,
      noNewPrivileges: !programsOf(holder).includes("sudo"),
      limitFiles: limits.files,
    });
    super({
      ...options,
      exec: entered,
      openShell: async () => this.#takeShell(),
    });
    this.pid = pidOf(holder);
    this.#options = options;
    this.#entered = entered;
    this.#limits = limits;
    this.#program = holder.program;
    void holder.program.ended.then(() => {
      this.#isRunning = false;
      this.loseConnection();
    });
  }

  /** Its disk would go with its process. */
  async stop(): Promise<void> {
    if (this.#isRunning) await this.turnOff();
  }

  async start(): Promise<void> {
    if (!this.#isRunning) throw ended();
    this.turnOn();
    await this.#gainConnection();
  }

  async reset(): Promise<void> {
    await this.terminateAll();
    if (!this.#isRunning) return;
    if (this.isOff) await this.start();
    await this.resetUsers(undefined);
  }

  async close(): Promise<void> {
    await this.terminateAll();
    this.#entered.continueAll();
    const cancel = systemClock.at(systemClock.now() + endTimeoutMs, () => this.#program.kill());
    await this.closeAgent();
    this.#program.input.end();
    await this.#program.ended;
    cancel();
    await this.#limits.remove();
  }

  protected override async isRunning(): Promise<boolean> {
    return this.#isRunning;
  }

  async #prepare(): Promise<void> {
    await Promise.all([this.#options.onConnected(), this.seedUsers()]);
    await this.#gainConnection();
  }

  async #gainConnection(): Promise<void> {
    const { spec, ipAddress, clock, hub } = this.#options;
    this.#registeredAt ??= clock.now();
    const first = { pid: this.pid, hasUserNamespace: hub.hasUserNamespace };
    await this.gainConnection({
      hostname: spec.name,
      ipAddress,
      registeredAt: this.#registeredAt,
      networkEntrance: namespaceEntrance(first, ["--net"]),
      filesFolder: undefined,
    });
  }

  /** The node's first process is the agent's shell. */
  #takeShell(): NodeProgram {
    if (this.#isShellTaken || !this.#isRunning) throw ended();
    this.#isShellTaken = true;
    return this.#program;
  }
}

function ended(): ManagedNodeError {
  return new ManagedNodeError("The node has ended", { cause: "its first process has ended" });
}

function pidOf({ firstLine }: NamespaceHolder): number {
  return Number.parseInt(firstLine, 10);
}

function programsOf({ firstLine }: NamespaceHolder): readonly string[] {
  return firstLine.split(" ").slice(1);
}

/** A program that builds the node around itself. */
function nodeWords(options: NamespaceNodeOptions, limits: NodeLimits): readonly string[] {
  const { hub, spec, tree, hostsFile, resolverFile, networkLines } = options;
  const namespaces = ["--mount", "--uts", "--ipc", "--pid", ...(hub.network === "host" ? [] : ["--net"])];
  // Overlays keep their notes in attributes that only the first root may write, or else in ones of the user's.
  const overlayOptions = hub.hasUserNamespace ? ",userxattr" : "";
  return confinedWords(limits.files, [
    ...hub.asRoot,
    ...["unshare", ...namespaces, "--fork", "--kill-child=KILL", "--propagation", "private", "--"],
    ...["/bin/sh", "-s", "--", tree.folder, tree.layers, spec.name],
    ...[hostsFile, resolverFile, overlayOptions, hub.network, networkLines.join("\n"), nodeCapabilities],
  ]);
}
