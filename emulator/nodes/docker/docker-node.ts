import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import type { OsUser } from "../../access/os-user.ts";
import type { UserLookup } from "../../access/user-lookup.ts";
import type {
  PipedProcess,
  PipedProcessOptions,
  ProcessOptions,
  SocketAddress,
  TerminalProcess,
} from "../../agent/managed-node.ts";
import type { SessionProcess } from "../../agent/node-administration.ts";
import { type Clock, type EpochMillis, systemClock } from "../../clock.ts";
import { ManagedNodeError } from "../../errors.ts";
import type { NodeDescription } from "../../operations/ports/managed-nodes.ts";
import type { FleetNode } from "../node-fleet.ts";
import type { NodeSpec } from "../node-spec.ts";
import { AgentChannel } from "./agent-channel.ts";
import { ChosenProcesses } from "./chosen-processes.ts";
import { ExecProcesses } from "./exec-processes.ts";
import { HelperProcesses } from "./helper-processes.ts";
import { MarkedSessions } from "./marked-sessions.ts";
import { type NodeContainer, removeContainer } from "./node-container.ts";
import { nodeError, statusOf } from "./node-error.ts";
import type { MarkedSession, NodeProcesses } from "./node-processes.ts";
import { NodeSocket } from "./node-socket.ts";
import { type Accounts, addUser, removeUser, resetUsers, seedUsers } from "./node-users.ts";
import { SessionMarks } from "./session-mark.ts";
import { startSshServer } from "./ssh-server.ts";

/** The agent version of which the emulator's behaviour was read. @see agent-behaviour reference, head */
const agentVersion = "3.3.987.0";
/** The engine's answer to stopping what is stopped, and to starting what runs. */
const stateIsSoAlready = 304;

export interface DockerNodeOptions extends NodeContainer {
  readonly engine: Docker;
  readonly spec: NodeSpec;
  /** Tells the times of what the API describes. Waiting for the engine goes by the system's clock. */
  readonly clock: Clock;
  readonly helper: "auto" | "off";
  readonly onProgress: ((line: string) => void) | undefined;
  /** The names of the OS users that an image brings. */
  readonly imageUsers: (imageId: string) => Promise<ReadonlySet<string>>;
  /** The node was running until now. */
  readonly onConnectionLost: () => void;
}

/** A container that plays a managed node. */
export class DockerNode implements FleetNode {
  readonly nodeId: string;
  readonly container: Docker.Container;
  readonly #options: DockerNodeOptions;
  readonly #channel: AgentChannel;
  readonly #sessions: MarkedSessions;
  readonly #processes: ChosenProcesses;
  readonly #sockets = new Set<Duplex>();
  #seeded: { readonly before: Accounts; readonly after: Accounts } = { before: new Map(), after: new Map() };
  #imageId = "";
  #hostname = "";
  #ipAddress = "";
  #registeredAt: EpochMillis = 0;
  /** Undefined while the node runs. */
  #lostAt: EpochMillis | undefined;
  /** Whether the node was stopped although its container runs: a temporary one would be gone with its disk. */
  #isOff = false;
  /** Grows with every event, so that an answer that was overtaken by one is not believed. */
  #statusAge = 0;

  constructor(options: DockerNodeOptions) {
    this.nodeId = options.spec.nodeId;
    this.container = options.container;
    this.#options = options;
    const { container } = options;
    const clock = systemClock;
    const run = this.#run;
    const marks = new SessionMarks();
    this.#channel = new AgentChannel({ ...options, clock, markPrefix: marks.prefix });
    const isRunning = async () => (await this.#inspect())?.State.Running === true;
    this.#sessions = new MarkedSessions({ channel: this.#channel, marks, clock, isRunning });
    this.#processes = new ChosenProcesses({
      helper: new HelperProcesses(container, clock),
      execs: new ExecProcesses({ container, clock, run, sessions: this.#sessions }),
      mode: options.helper,
      run,
      onFallback: (reason) =>
        options.onProgress?.(`Sessions on node ${options.spec.name} start slower: ${reason}`),
    });
  }

  /** Makes the seed's users. @throws ManagedNodeError */
  async prepare(): Promise<void> {
    const [seeded] = await Promise.all([seedUsers(this.#run, this.#options.spec.users), this.refresh()]);
    this.#seeded = seeded;
  }

  describe(): NodeDescription {
    return {
      nodeId: this.nodeId,
      name: this.#options.spec.name,
      pingStatus: this.#lostAt === undefined ? "Online" : "ConnectionLost",
      lastPingAt: this.#lostAt ?? this.#options.clock.now(),
      registeredAt: this.#registeredAt,
      agentVersion: this.#options.spec.agentVersion ?? agentVersion,
      platformName: "Amazon Linux",
      platformVersion: "2023",
      computerName: this.#hostname,
      ipAddress: this.#ipAddress,
      instanceType: "t3.micro",
      tags: this.#options.spec.tags,
    };
  }

  async lookUpUser(words: readonly string[]): Promise<UserLookup> {
    // No such user can exist, and our requests are lines.
    if (words.some((word) => /[\n\0]/.test(word))) {
      const missing = { exitCode: 1, stdout: "" };
      return { id: missing, uid: missing, gid: missing };
    }
    const [id, uid, gid] = await Promise.all([
      this.#run(["id", ...words]),
      this.#run(["id", "-u", ...words]),
      this.#run(["id", "-g", ...words]),
    ]);
    return { id, uid, gid };
  }

  async ensureSsmUser(): Promise<void> {
    this.#mustBeOn();
    await this.#channel.ensureSsmUser();
  }

  openTerminal(options: ProcessOptions): Promise<TerminalProcess> {
    return this.#open((processes, session) => processes.openTerminal(options, session));
  }

  openProcess(options: PipedProcessOptions): Promise<PipedProcess> {
    return this.#open((processes, session) => processes.openProcess(options, session));
  }

  async resolveHost(host: string): Promise<readonly string[]> {
    this.#mustBeOn();
    // A resolver answers no address of a kind that its node has none of.
    if (isIP(host) !== 0) return [host];
    return await (await this.#processes.choose()).resolveHost(host);
  }

  dial(destination: SocketAddress): Duplex {
    const socket = new NodeSocket(async (sink) => {
      this.#mustBeOn();
      return await (await this.#processes.choose()).connect(destination, sink);
    });
    this.#sockets.add(socket);
    return socket.once("close", () => this.#sockets.delete(socket));
  }

  addUser(user: OsUser): Promise<"added" | "exists"> {
    return addUser(this.#run, user);
  }

  removeUser(name: string): Promise<"removed" | "missing"> {
    return removeUser(this.#run, name);
  }

  async stop(): Promise<void> {
    if (this.#options.origin === "temporary") {
      if (this.#isOff) return;
      this.#isOff = true;
      this.loseConnection();
      await this.#channel.killAll();
      return;
    }
    try {
      await this.container.stop({ t: 0 });
    } catch (cause) {
      if (statusOf(cause) !== stateIsSoAlready) throw nodeError("The node could not be stopped", cause);
    }
    this.loseConnection();
  }

  async start(): Promise<void> {
    this.#isOff = false;
    try {
      const info = await this.#inspect();
      if (info?.State.Paused) await this.container.unpause();
      else if (!info?.State.Running) await this.container.start();
    } catch (cause) {
      if (statusOf(cause) !== stateIsSoAlready) throw nodeError("The node could not be started", cause);
    }
    await this.#channel.open();
    while (!(await this.refresh()));
  }

  async sessionProcesses(): Promise<readonly SessionProcess[]> {
    if (this.#isOff || !(await this.#inspect())?.State.Running) return [];
    return await this.#channel.listMarked();
  }

  /** Looks whether the container runs. @throws ManagedNodeError @returns whether no event overtook the answer */
  async refresh(): Promise<boolean> {
    const age = ++this.#statusAge;
    const info = await this.#inspect();
    if (age !== this.#statusAge) return false;
    if (info === undefined || !info.State.Running || info.State.Paused || this.#isOff) {
      this.loseConnection();
      return true;
    }
    this.#imageId = info.Image;
    this.#hostname = info.Config.Hostname;
    this.#ipAddress =
      Object.values(info.NetworkSettings.Networks).find(({ IPAddress }) => IPAddress !== "")?.IPAddress ?? "";
    this.#registeredAt = Date.parse(info.Created);
    this.#lostAt = undefined;
    // Requests find out themselves when the node cannot be reached.
    await startSshServer(this.#run).catch(() => undefined);
    this.#processes.choose().catch(() => undefined);
    return true;
  }

  /** The node has stopped. */
  loseConnection(): void {
    this.#statusAge += 1;
    if (this.#lostAt !== undefined) return;
    this.#lostAt = this.#options.clock.now();
    this.#options.onConnectionLost();
  }

  /** Ends all sessions, starts the node if its container is still there, and brings the OS users back to the seed. */
  async reset(): Promise<void> {
    await this.#terminateAll();
    if (this.#lostAt !== undefined) {
      if ((await this.#inspect()) === undefined) return;
      await this.start();
    }
    const { isNew, imageUsers, spec } = this.#options;
    await resetUsers(this.#run, {
      users: spec.users,
      accounts: this.#seeded.after,
      imageUsers: isNew ? new Set(this.#seeded.before.keys()) : await imageUsers(this.#imageId),
    });
    await startSshServer(this.#run);
  }

  /** Ends all sessions. The container goes if it is temporary, or with `remove` if an emulator made it. */
  async close({ remove }: { readonly remove: boolean }): Promise<void> {
    await this.#terminateAll();
    const { origin } = this.#options;
    const [hasEnded] = await Promise.all([this.#channel.close(), this.#processes.close()]);
    // The engine removes a temporary container by itself, which nobody need wait for.
    const isToRemove = origin === "temporary" ? !hasEnded : origin === "made" && remove;
    if (isToRemove) await removeContainer(this.container);
  }

  readonly #run = async (words: readonly string[]) => {
    this.#mustBeOn();
    return await this.#channel.run(words);
  };

  #mustBeOn(): void {
    if (this.#isOff) throw new ManagedNodeError("The node is stopped", { cause: "it was stopped" });
  }

  async #open<Process extends TerminalProcess | PipedProcess>(
    open: (processes: NodeProcesses, session: MarkedSession) => Promise<Process>,
  ): Promise<Process> {
    this.#mustBeOn();
    const processes = await this.#processes.choose();
    return await this.#sessions.open(async (session) => {
      const process = await open(processes, session);
      this.#mustBeOn();
      return process;
    });
  }

  async #terminateAll(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#sessions.terminateAll();
  }

  async #inspect(): Promise<Docker.ContainerInspectInfo | undefined> {
    try {
      return await this.container.inspect();
    } catch (cause) {
      if (statusOf(cause) === 404) return undefined;
      throw nodeError("The engine does not tell a node's state", cause);
    }
  }
}
