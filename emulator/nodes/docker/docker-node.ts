import type Docker from "dockerode";
import type { UserLookup } from "../../access/user-lookup.ts";
import type { ManagedNode, TerminalOptions, TerminalProcess } from "../../agent/managed-node.ts";
import type { Clock, EpochMillis } from "../../clock.ts";
import type { NodeDescription } from "../../operations/ports/managed-nodes.ts";
import { AgentChannel } from "./agent-channel.ts";
import { type DockerTerminal, openDockerTerminal } from "./docker-terminal.ts";
import { endSession } from "./end-session.ts";
import type { NodeContainer } from "./node-container.ts";
import { nodeError, statusOf } from "./node-error.ts";
import type { NodeSpec } from "./node-spec.ts";
import { type Accounts, resetUsers, seedUsers } from "./node-users.ts";
import { SessionMarks } from "./session-mark.ts";

/** The agent version of which the emulator's behaviour was read. @see agent-behaviour reference, head */
const agentVersion = "3.3.987.0";

/** A container that plays a managed node. */
export class DockerNode implements ManagedNode {
  readonly nodeId: string;
  readonly container: Docker.Container;
  /** Whether an emulator created the container. */
  readonly isOurs: boolean;
  readonly #spec: NodeSpec;
  readonly #clock: Clock;
  readonly #channel: AgentChannel;
  readonly #marks = new SessionMarks();
  readonly #terminals = new Map<string, DockerTerminal>();
  #accounts: Accounts = new Map();
  #imageId = "";
  #hostname = "";
  #ipAddress = "";
  #registeredAt: EpochMillis = 0;
  /** Undefined while the container runs. */
  #lostAt: EpochMillis | undefined;
  /** Grows with every event, so that an answer that was overtaken by one is not believed. */
  #statusAge = 0;

  constructor(engine: Docker, { container, isOurs }: NodeContainer, spec: NodeSpec, clock: Clock) {
    this.nodeId = spec.nodeId;
    this.container = container;
    this.isOurs = isOurs;
    this.#spec = spec;
    this.#clock = clock;
    this.#channel = new AgentChannel({ engine, container, clock, markPrefix: this.#marks.prefix });
  }

  /** Makes the seed's users. @throws ManagedNodeError */
  async prepare(): Promise<void> {
    await this.refresh();
    this.#accounts = await seedUsers((words) => this.#channel.run(words), this.#spec.users);
  }

  describe(): NodeDescription {
    return {
      nodeId: this.nodeId,
      name: this.#spec.name,
      pingStatus: this.#lostAt === undefined ? "Online" : "ConnectionLost",
      lastPingAt: this.#lostAt ?? this.#clock.now(),
      registeredAt: this.#registeredAt,
      agentVersion,
      platformName: "Amazon Linux",
      platformVersion: "2023",
      computerName: this.#hostname,
      ipAddress: this.#ipAddress,
      instanceType: "t3.micro",
      tags: this.#spec.tags,
    };
  }

  async lookUpUser(words: readonly string[]): Promise<UserLookup> {
    // No such user can exist, and our requests are lines.
    if (words.some((word) => /[\n\0]/.test(word))) {
      const missing = { exitCode: 1, stdout: "" };
      return { id: missing, uid: missing, gid: missing };
    }
    const [id, uid, gid] = await Promise.all([
      this.#channel.run(["id", ...words]),
      this.#channel.run(["id", "-u", ...words]),
      this.#channel.run(["id", "-g", ...words]),
    ]);
    return { id, uid, gid };
  }

  ensureSsmUser(): Promise<void> {
    return this.#channel.ensureSsmUser();
  }

  async openTerminal(options: TerminalOptions): Promise<TerminalProcess> {
    const { container } = this;
    const mark = this.#marks.take();
    const end = (leader: number) => this.#endSession(leader, mark);
    try {
      const terminal = await openDockerTerminal({
        ...options,
        container,
        clock: this.#clock,
        mark,
        endSession: end,
      });
      this.#terminals.set(mark, terminal);
      return terminal;
    } catch (cause) {
      await end(0).catch(() => undefined);
      throw cause;
    }
  }

  /** Looks whether the container runs. @throws ManagedNodeError @returns whether the connection was lost by this */
  async refresh(): Promise<boolean> {
    const age = ++this.#statusAge;
    const info = await this.#inspect();
    if (age !== this.#statusAge) return false;
    if (info === undefined || !info.State.Running || info.State.Paused) return this.loseConnection();
    this.#imageId = info.Image;
    this.#hostname = info.Config.Hostname;
    this.#ipAddress =
      Object.values(info.NetworkSettings.Networks).find(({ IPAddress }) => IPAddress !== "")?.IPAddress ?? "";
    this.#registeredAt = Date.parse(info.Created);
    this.#lostAt = undefined;
    // Ahead of the first request, which finds out itself when this fails.
    this.#channel.open().catch(() => undefined);
    return false;
  }

  /** The container has stopped. @returns whether it was running until now */
  loseConnection(): boolean {
    this.#statusAge += 1;
    if (this.#lostAt !== undefined) return false;
    this.#lostAt = this.#clock.now();
    return true;
  }

  /** Ends all sessions and brings the OS users back to the seed. @throws ManagedNodeError */
  async reset(imageUsers: (imageId: string) => Promise<ReadonlySet<string>>): Promise<void> {
    await this.#terminateAll();
    await resetUsers((words) => this.#channel.run(words), {
      users: this.#spec.users,
      accounts: this.#accounts,
      imageUsers: await imageUsers(this.#imageId),
    });
  }

  /** Ends all sessions and leaves the container. */
  async close(): Promise<void> {
    await this.#terminateAll();
    await this.#channel.close();
  }

  async #terminateAll(): Promise<void> {
    await Promise.allSettled([...this.#terminals.values()].map((terminal) => terminal.terminate()));
  }

  async #endSession(leader: number, mark: string): Promise<void> {
    try {
      await endSession(this.#channel, this.#clock, { leader, mark });
    } catch {
      const info = await this.#inspect();
      // The channel may have been among what somebody killed on the node; it is opened anew.
      if (info?.State.Running) await endSession(this.#channel, this.#clock, { leader, mark });
    }
    this.#terminals.delete(mark);
    this.#marks.release(mark);
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
