import type Docker from "dockerode";
import type { ManagedNode } from "../../agent/managed-node.ts";
import type { Clock } from "../../clock.ts";
import type { NodeDescription } from "../../operations/ports/managed-nodes.ts";
import type { NodeFleet } from "../node-fleet.ts";
import { ContainerEvents } from "./container-events.ts";
import { connectDockerEngine } from "./docker-engine.ts";
import { DockerNode } from "./docker-node.ts";
import { findNodeContainers, imageUsers, provideContainer, removeContainer } from "./node-container.ts";
import { defaultNodeImage, ensureNodeImage } from "./node-image.ts";
import type { NodeSpec } from "./node-spec.ts";

export interface DockerFleetOptions {
  /** Tells our containers from those of other emulators on the engine. */
  readonly owner: string;
  readonly nodes: readonly NodeSpec[];
  readonly clock: Clock;
  /** As `DOCKER_HOST` has it; undefined: that variable, else the default socket. */
  readonly dockerHost?: string | undefined;
  /** The image of nodes that name none. */
  readonly image?: string | undefined;
  /** What the default image is built from; undefined: Amazon Linux 2023 from its public registry. */
  readonly baseImage?: string | undefined;
  /** The containers' network; undefined: the default bridge. */
  readonly network?: string | undefined;
  /** Lines about what takes long: a build, a pull. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** Managed nodes as containers of a Docker engine. */
export class DockerFleet implements NodeFleet {
  readonly #engine: Docker;
  readonly #options: DockerFleetOptions;
  readonly #nodes = new Map<string, DockerNode>();
  readonly #listeners = new Set<(nodeId: string) => void>();
  readonly #images = new Map<string, Promise<void>>();
  #events: ContainerEvents | undefined;

  /**
   * Finds, starts or creates the nodes' containers and makes their OS users.
   * @throws ManagedNodeError when no engine answers, or a node cannot be had; then what was created is removed
   */
  static async open(options: DockerFleetOptions): Promise<DockerFleet> {
    const fleet = new DockerFleet(await connectDockerEngine(options.dockerHost), options);
    try {
      await fleet.#open();
      return fleet;
    } catch (cause) {
      await fleet.close({ remove: true }).catch(() => undefined);
      throw cause;
    }
  }

  private constructor(engine: Docker, options: DockerFleetOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  describe(): readonly NodeDescription[] {
    return [...this.#nodes.values()].map((node) => node.describe());
  }

  get(nodeId: string): ManagedNode | undefined {
    return this.#nodes.get(nodeId);
  }

  /** Calls back when a node's container stops running. Calling the result ends this. */
  onConnectionLost(callback: (nodeId: string) => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  /** Ends all sessions and brings the OS users of all running nodes back to the seed. @throws ManagedNodeError */
  async reset(): Promise<void> {
    const known = new Map<string, Promise<ReadonlySet<string>>>();
    const usersOf = (imageId: string) => {
      const users = known.get(imageId) ?? imageUsers(this.#engine, imageId);
      known.set(imageId, users);
      return users;
    };
    const running = [...this.#nodes.values()].filter((node) => node.describe().pingStatus === "Online");
    await Promise.all(running.map((node) => node.reset(usersOf)));
  }

  /** Ends all sessions; with `remove` the containers that an emulator created go too. @throws ManagedNodeError */
  async close({ remove }: { readonly remove: boolean }): Promise<void> {
    this.#events?.close();
    const nodes = [...this.#nodes.values()];
    await Promise.all(nodes.map((node) => node.close()));
    if (!remove) return;
    await Promise.all(
      nodes.filter(({ isOurs }) => isOurs).map(({ container }) => removeContainer(container)),
    );
  }

  async #open(): Promise<void> {
    const { owner, clock, nodes } = this.#options;
    this.#events = await ContainerEvents.open(this.#engine, owner, clock, {
      onEvent: (action, containerId) => this.#onEvent(action, containerId),
      onEngineLost: () => {
        for (const node of this.#nodes.values()) this.#tell(node, node.loseConnection());
      },
      onEngineBack: () => {
        for (const node of this.#nodes.values()) this.#refresh(node);
      },
    });
    const found = await findNodeContainers(this.#engine, owner);
    const opened = await Promise.allSettled(
      nodes.map((spec) => this.#openNode(spec, found.get(spec.nodeId))),
    );
    for (const result of opened) {
      if (result.status === "rejected") throw result.reason;
    }
  }

  async #openNode(spec: NodeSpec, found: Docker.ContainerInfo | undefined): Promise<void> {
    const { owner, network, clock } = this.#options;
    const image = spec.image ?? this.#options.image ?? defaultNodeImage;
    const plan = { owner, spec, image, network };
    const provided = await provideContainer(this.#engine, plan, found, (name) => this.#ensureImage(name));
    const node = new DockerNode(this.#engine, provided, spec, clock);
    this.#nodes.set(spec.nodeId, node);
    await node.prepare();
  }

  #ensureImage(image: string): Promise<void> {
    const { baseImage, onProgress } = this.#options;
    const ensured =
      this.#images.get(image) ?? ensureNodeImage(this.#engine, { image, baseImage, onProgress });
    this.#images.set(image, ensured);
    return ensured;
  }

  #onEvent(action: string, containerId: string): void {
    for (const node of this.#nodes.values()) {
      if (node.container.id !== containerId) continue;
      if (action === "die" || action === "pause") this.#tell(node, node.loseConnection());
      else this.#refresh(node);
    }
  }

  #refresh(node: DockerNode): void {
    node.refresh().then(
      (isLost) => this.#tell(node, isLost),
      // The engine went away again; its return starts this anew.
      () => this.#tell(node, node.loseConnection()),
    );
  }

  #tell(node: DockerNode, isLost: boolean): void {
    if (!isLost) return;
    for (const listener of this.#listeners) listener(node.nodeId);
  }
}
