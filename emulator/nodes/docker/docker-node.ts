import type Docker from "dockerode";
import { EngineNode, type EngineNodeOptions } from "../engine-node.ts";
import { nodeError, statusOf } from "../node-error.ts";
import { containerEntrance, containerFiles } from "./container-entrance.ts";
import { type NodeContainer, removeContainer } from "./node-container.ts";

/** The engine's answer to stopping what is stopped, and to starting what runs. */
const stateIsSoAlready = 304;

export interface DockerNodeOptions extends NodeContainer, Omit<EngineNodeOptions, keyof NodeContainer> {
  /** The names of the OS users that an image brings. */
  readonly imageUsers: (imageId: string) => Promise<ReadonlySet<string>>;
}

/** A container that plays a managed node. */
export class DockerNode extends EngineNode {
  readonly container: Docker.Container;
  readonly #options: DockerNodeOptions;
  #imageId = "";
  /** Grows with every event, so that an answer that was overtaken by one is not believed. */
  #statusAge = 0;

  constructor(options: DockerNodeOptions) {
    super(options);
    this.container = options.container;
    this.#options = options;
  }

  /** Makes the seed's users. @throws ManagedNodeError */
  async prepare(): Promise<void> {
    await Promise.all([this.seedUsers(), this.refresh()]);
  }

  async stop(): Promise<void> {
    if (this.#options.origin === "temporary") {
      await this.turnOff();
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
    this.turnOn();
    try {
      const info = await this.#inspect();
      if (info?.State.Paused) await this.container.unpause();
      else if (!info?.State.Running) await this.container.start();
    } catch (cause) {
      if (statusOf(cause) !== stateIsSoAlready) throw nodeError("The node could not be started", cause);
    }
    await this.channel.open();
    while (!(await this.refresh()));
  }

  /** Looks whether the container runs. @throws ManagedNodeError @returns whether no event overtook the answer */
  async refresh(): Promise<boolean> {
    const age = ++this.#statusAge;
    const info = await this.#inspect();
    const networkEntrance = info && (await containerEntrance(info));
    if (age !== this.#statusAge) return false;
    if (info === undefined || !info.State.Running || info.State.Paused || this.isOff) {
      this.loseConnection();
      return true;
    }
    this.#imageId = info.Image;
    const addresses = Object.values(info.NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
    await this.gainConnection({
      hostname: info.Config.Hostname,
      ipAddress: addresses.find((address) => address !== "") ?? "",
      registeredAt: Date.parse(info.Created),
      networkEntrance,
      filesFolder: containerFiles(info),
    });
    return true;
  }

  override loseConnection(): void {
    this.#statusAge += 1;
    super.loseConnection();
  }

  /** A node whose container somebody removed is left out. */
  async reset(): Promise<void> {
    await this.terminateAll();
    if (this.isLost) {
      if ((await this.#inspect()) === undefined) return;
      await this.start();
    }
    const { isNew, imageUsers } = this.#options;
    await this.resetUsers(isNew ? undefined : await imageUsers(this.#imageId));
  }

  /** Ends all sessions. The container goes if it is temporary, or with `remove` if an emulator made it. */
  async close({ remove }: { readonly remove: boolean }): Promise<void> {
    await this.terminateAll();
    const { origin } = this.#options;
    const hasEnded = await this.closeAgent();
    // The engine removes a temporary container by itself, which nobody need wait for.
    const isToRemove = origin === "temporary" ? !hasEnded : origin === "made" && remove;
    if (isToRemove) await removeContainer(this.container);
  }

  protected override async isRunning(): Promise<boolean> {
    return (await this.#inspect())?.State.Running === true;
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
