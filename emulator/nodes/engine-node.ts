import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { OsUser } from "../access/os-user.ts";
import type { UserLookup } from "../access/user-lookup.ts";
import type {
  PipedProcess,
  PipedProcessOptions,
  ProcessOptions,
  SocketAddress,
  TerminalProcess,
} from "../agent/managed-node.ts";
import type { SessionProcess } from "../agent/node-administration.ts";
import { type Clock, type EpochMillis, systemClock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";
import type { NodeDescription } from "../operations/ports/managed-nodes.ts";
import { AgentChannel } from "./agent-channel.ts";
import { ChosenProcesses } from "./chosen-processes.ts";
import { ExecProcesses } from "./exec-processes.ts";
import { HelperProcesses } from "./helper-processes.ts";
import { MarkedSessions } from "./marked-sessions.ts";
import { Dialer } from "./network/dialer.ts";
import { socketConnection } from "./network/socket-connection.ts";
import { nodeErrorWithCode } from "./node-error.ts";
import type { NodeExec, NodeProgram } from "./node-exec.ts";
import type { FleetNode } from "./node-fleet.ts";
import type { MarkedSession, NodeProcesses } from "./node-processes.ts";
import { NodeSocket } from "./node-socket.ts";
import type { NodeSpec } from "./node-spec.ts";
import { type Accounts, addUser, removeUser, resetUsers, seedUsers, type UserTools } from "./node-users.ts";
import { SessionMarks } from "./session-mark.ts";
import { SessionSignals } from "./session-signals.ts";
import { SshServer, sshPort } from "./ssh-server.ts";

/** The agent version of which the emulator's behaviour was read. @see agent-behaviour reference, head */
const agentVersion = "3.3.987.0";

export interface EngineNodeOptions {
  readonly spec: NodeSpec;
  /** Tells the times of what the API describes. Waiting for the engine goes by the system's clock. */
  readonly clock: Clock;
  readonly exec: NodeExec;
  /** Starts a root shell for the agent. */
  readonly openShell: () => Promise<NodeProgram>;
  readonly helper: "auto" | "off";
  /** Whether this machine enters the node, where it can: its network to connect from there, and its files to meet the helper. */
  readonly entrance: "auto" | "off";
  readonly onProgress: ((line: string) => void) | undefined;
  /** The node was running until now. */
  readonly onConnectionLost: () => void;
}

/** What an engine knows of a node that it runs. */
export interface NodeIdentity {
  readonly hostname: string;
  /** Empty: none. */
  readonly ipAddress: string;
  readonly registeredAt: EpochMillis;
  /** Words before a program of this machine that is to run in the node's network; undefined where there is no way. */
  readonly networkEntrance: readonly string[] | undefined;
  /** The folder by which this machine reaches the node's files, past an engine; undefined where there is none, or no need. */
  readonly filesFolder: string | undefined;
}

/** A managed node, whatever engine plays it: what is done on it is done by its exec. */
export abstract class EngineNode implements FleetNode {
  readonly nodeId: string;
  readonly exec: NodeExec;
  protected readonly channel: AgentChannel;
  readonly #options: EngineNodeOptions;
  readonly #sessions: MarkedSessions;
  readonly #processes: ChosenProcesses;
  readonly #sockets = new Set<Duplex>();
  #seeded: { readonly before: Accounts; readonly after: Accounts } = { before: new Map(), after: new Map() };
  #identity: NodeIdentity = {
    hostname: "",
    ipAddress: "",
    registeredAt: 0,
    networkEntrance: undefined,
    filesFolder: undefined,
  };
  #dialer: Dialer | undefined;
  /** Undefined while the node runs. */
  #lostAt: EpochMillis | undefined;
  #isOff = false;
  readonly #sshServer: SshServer;

  constructor(options: EngineNodeOptions) {
    this.nodeId = options.spec.nodeId;
    this.#options = options;
    const { exec, openShell } = options;
    this.exec = exec;
    const clock = systemClock;
    this.#sshServer = new SshServer(exec, clock);
    const run = this.run;
    const marks = new SessionMarks();
    this.channel = new AgentChannel({ openShell, clock, markPrefix: marks.prefix });
    const isRunning = () => this.isRunning();
    const helper = new HelperProcesses(exec, clock, () => this.#entered.filesFolder);
    const signals = new SessionSignals(helper, this.channel);
    this.#sessions = new MarkedSessions({ signals, marks, clock, isRunning });
    this.#processes = new ChosenProcesses({
      helper,
      execs: new ExecProcesses({ exec, clock, run, sessions: this.#sessions }),
      mode: options.helper,
      run,
      onFallback: (reason) =>
        options.onProgress?.(`Sessions on node ${options.spec.name} start slower: ${reason}`),
    });
  }

  abstract stop(): Promise<void>;
  abstract start(): Promise<void>;
  /** Ends all sessions, starts the node if it can, and brings the OS users back to the seed. */
  abstract reset(): Promise<void>;
  /** Ends all sessions, and the node if it is not to be kept. */
  abstract close(options: { readonly remove: boolean }): Promise<void>;
  /** Whether the engine runs the node, on or off. */
  protected abstract isRunning(): Promise<boolean>;

  describe(): NodeDescription {
    const { spec, clock } = this.#options;
    const { hostname, ipAddress, registeredAt } = this.#identity;
    return {
      nodeId: this.nodeId,
      name: spec.name,
      pingStatus: this.#lostAt === undefined ? "Online" : "ConnectionLost",
      lastPingAt: this.#lostAt ?? clock.now(),
      registeredAt,
      agentVersion: spec.agentVersion ?? agentVersion,
      platformName: "Amazon Linux",
      platformVersion: "2023",
      computerName: hostname,
      ipAddress,
      instanceType: "t3.micro",
      tags: spec.tags,
    };
  }

  async lookUpUser(words: readonly string[]): Promise<UserLookup> {
    // No such user can exist, and our requests are lines.
    if (words.some((word) => /[\n\0]/.test(word))) {
      const missing = { exitCode: 1, stdout: "" };
      return { id: missing, uid: missing, gid: missing };
    }
    this.#mustBeOn();
    const known = await this.#processes.lookUpUser(words);
    if (known !== undefined) return known;
    const [id, uid, gid] = await Promise.all([
      this.run(["id", ...words]),
      this.run(["id", "-u", ...words]),
      this.run(["id", "-g", ...words]),
    ]);
    return { id, uid, gid };
  }

  async ensureSsmUser(): Promise<void> {
    this.#mustBeOn();
    await this.channel.ensureSsmUser();
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
      if (destination.port === sshPort) await this.#sshServer.started();
      const own = await this.#dialer?.connect(destination).catch(notConnected);
      if (own !== undefined) return socketConnection(own, sink);
      return await (await this.#processes.choose()).connect(destination, sink);
    });
    this.#sockets.add(socket);
    return socket.once("close", () => this.#sockets.delete(socket));
  }

  addUser(user: OsUser): Promise<"added" | "exists"> {
    return addUser(this.#userTools, user);
  }

  removeUser(name: string): Promise<"removed" | "missing"> {
    return removeUser(this.#userTools, name);
  }

  async sessionProcesses(): Promise<readonly SessionProcess[]> {
    if (this.#isOff || !(await this.isRunning())) return [];
    return await this.channel.listMarked();
  }

  /** The node has stopped. */
  loseConnection(): void {
    if (this.#lostAt !== undefined) return;
    this.#lostAt = this.#options.clock.now();
    this.#leaveNetwork();
    this.#sshServer.stopStarting();
    // Some would outlive the node, and others never hear of its end.
    const gone = new ManagedNodeError("The connection broke: the node is gone", { cause: "it was lost" });
    for (const socket of this.#sockets) socket.destroy(gone);
    this.#options.onConnectionLost();
  }

  protected get isOff(): boolean {
    return this.#isOff;
  }

  protected get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  /** The node runs. */
  protected async gainConnection(identity: NodeIdentity): Promise<void> {
    this.#identity = identity;
    this.#lostAt = undefined;
    this.#enterNetwork();
    // Requests find out themselves when the node cannot be reached.
    this.#processes.choose().catch(() => undefined);
    this.#sshServer.startSoon();
  }

  /** Stops the node although its engine keeps it, as when its disk would go with it. */
  protected async turnOff(): Promise<void> {
    if (this.#isOff) return;
    this.#isOff = true;
    this.loseConnection();
    await this.channel.killAll();
    this.#processes.forget();
  }

  protected turnOn(): void {
    this.#isOff = false;
  }

  protected async seedUsers(): Promise<void> {
    this.#seeded = await seedUsers(this.#userTools, this.#options.spec.users);
  }

  /** @param imageUsers undefined: whoever was there before the seed's */
  protected async resetUsers(imageUsers: ReadonlySet<string> | undefined): Promise<void> {
    await resetUsers(this.#userTools, {
      users: this.#options.spec.users,
      accounts: this.#seeded.after,
      imageUsers: imageUsers ?? new Set(this.#seeded.before.keys()),
    });
    this.#sshServer.startSoon();
  }

  protected async terminateAll(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#sessions.terminateAll();
  }

  /** Where this machine enters the node, and may. */
  get #entered(): Pick<NodeIdentity, "networkEntrance" | "filesFolder"> {
    return this.#options.entrance === "auto"
      ? this.#identity
      : { networkEntrance: undefined, filesFolder: undefined };
  }

  #enterNetwork(): void {
    const { networkEntrance } = this.#entered;
    if (networkEntrance !== undefined && this.#dialer?.leadsThrough(networkEntrance)) return;
    this.#leaveNetwork();
    this.#dialer = networkEntrance === undefined ? undefined : new Dialer(networkEntrance);
  }

  #leaveNetwork(): void {
    this.#dialer?.close();
    this.#dialer = undefined;
  }

  /** Ends the agent's programs on the node. @returns whether its shell was seen to end */
  protected async closeAgent(): Promise<boolean> {
    this.#leaveNetwork();
    this.#sshServer.stopStarting();
    const [hasEnded] = await Promise.all([this.channel.close(), this.#processes.close()]);
    return hasEnded;
  }

  protected readonly run = async (words: readonly string[]) => {
    this.#mustBeOn();
    return await this.channel.run(words);
  };

  readonly #userTools: UserTools = {
    runTold: async (words) => {
      this.#mustBeOn();
      return await this.channel.runTold(words);
    },
    accounts: async () => {
      this.#mustBeOn();
      return await this.channel.accounts();
    },
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
}

function notConnected(cause: unknown): never {
  throw nodeErrorWithCode("The node could not connect", cause);
}
