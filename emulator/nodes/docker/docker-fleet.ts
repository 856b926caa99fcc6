import { randomUUID } from "node:crypto";
import type Docker from "dockerode";
import { type Clock, systemClock } from "../../clock.ts";
import { EngineFleet } from "../engine-fleet.ts";
import type { NodeSpec } from "../node-spec.ts";
import { ContainerEvents } from "./container-events.ts";
import { connectDockerEngine } from "./docker-engine.ts";
import { DockerNode } from "./docker-node.ts";
import { findNodeContainers, imageUsers, provideContainer, removeNeverStarted } from "./node-container.ts";
import { defaultNodeImage, ensureNodeImage } from "./node-image.ts";

export interface DockerFleetOptions {
  /** Tells our containers from those of other emulators on the engine. */
  readonly owner: string;
  readonly nodes: readonly NodeSpec[];
  /** Tells the times of what the API describes. */
  readonly clock: Clock;
  /**
   * Whether the nodes are nobody else's and end when this process does, however it ends; false by default. Their owner name
   * is made unique, so that none is found again.
   */
  readonly temporary?: boolean | undefined;
  /** As `DOCKER_HOST` has it; undefined: that variable, else the default socket. */
  readonly dockerHost?: string | undefined;
  /** The image of nodes that name none. */
  readonly image?: string | undefined;
  /** What the default image is built from; undefined: Amazon Linux 2023 from its public registry. */
  readonly baseImage?: string | undefined;
  /** The containers' network; undefined: the default bridge; `none` is quickest. */
  readonly network?: string | undefined;
  /** `off` does without the helper on the nodes, as where an image has no Python; `auto` by default. */
  readonly helper?: "auto" | "off" | undefined;
  /** `off` enters no node from this machine, as without root; `auto` by default. */
  readonly entrance?: "auto" | "off" | undefined;
  /** Lines about what takes long, a build or a pull, and what is slower than it might be. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** Managed nodes as containers of a Docker engine. */
export class DockerFleet extends EngineFleet<DockerNode> {
  readonly engine = "docker";
  readonly #engine: Docker;
  readonly #options: DockerFleetOptions;
  readonly #images = new Map<string, Promise<void>>();
  readonly #imageUsers = new Map<string, Promise<ReadonlySet<string>>>();
  #events: ContainerEvents | undefined;

  /**
   * Finds, starts or creates the nodes' containers and makes their OS users.
   * @throws ManagedNodeError when no engine answers, or a node cannot be had; then what was created is removed
   */
  static async open(options: DockerFleetOptions): Promise<DockerFleet> {
    const owner = options.temporary ? `${options.owner}-${randomUUID()}` : options.owner;
    const fleet = new DockerFleet(await connectDockerEngine(options.dockerHost), { ...options, owner });
    try {
      await fleet.#open();
      return fleet;
    } catch (cause) {
      await fleet.close({ remove: true }).catch(() => undefined);
      throw cause;
    }
  }

  private constructor(engine: Docker, options: DockerFleetOptions) {
    super();
    this.#engine = engine;
    this.#options = options;
  }

  /** Ends all sessions; temporary containers go, and with `remove` all that emulators created. @throws ManagedNodeError */
  override async close(options: { readonly remove: boolean }): Promise<void> {
    this.#events?.close();
    await super.close(options);
  }

  async #open(): Promise<void> {
    const { owner, nodes } = this.#options;
    this.#events = await ContainerEvents.open(this.#engine, owner, systemClock, {
      onEvent: (action, containerId) => this.#onEvent(action, containerId),
      onEngineLost: () => {
        for (const node of this.nodes.values()) node.loseConnection();
      },
      onEngineBack: () => {
        for (const node of this.nodes.values()) refresh(node);
      },
    });
    const [found] = await Promise.all([
      findNodeContainers(this.#engine, owner),
      // What others left is no reason not to start.
      removeNeverStarted(this.#engine, systemClock.now()).catch(() => undefined),
    ]);
    await this.openAll(nodes, (spec) => this.#openNode(spec, found.get(spec.nodeId)));
  }

  async #openNode(spec: NodeSpec, found: Docker.ContainerInfo | undefined): Promise<void> {
    const {
      owner,
      network,
      clock,
      temporary = false,
      helper = "auto",
      entrance = "auto",
      onProgress,
    } = this.#options;
    const image = spec.image ?? this.#options.image ?? defaultNodeImage;
    const plan = { owner, spec, image, network, temporary };
    const provided = await provideContainer(this.#engine, plan, found, (name) => this.#ensureImage(name));
    const node = new DockerNode({
      ...provided,
      spec,
      clock,
      helper,
      entrance,
      onProgress,
      imageUsers: (imageId) => this.#usersOf(imageId),
      onConnectionLost: () => this.tellLost(spec.nodeId),
    });
    this.nodes.set(spec.nodeId, node);
    await node.prepare();
  }

  /** Ids of images name what is in them. */
  #usersOf(imageId: string): Promise<ReadonlySet<string>> {
    const known = this.#imageUsers.get(imageId);
    if (known !== undefined) return known;
    const users = imageUsers(this.#engine, imageId);
    this.#imageUsers.set(imageId, users);
    users.catch(() => this.#imageUsers.delete(imageId));
    return users;
  }

  #ensureImage(image: string): Promise<void> {
    const { baseImage, onProgress } = this.#options;
    const ensured =
      this.#images.get(image) ?? ensureNodeImage(this.#engine, { image, baseImage, onProgress });
    this.#images.set(image, ensured);
    return ensured;
  }

  #onEvent(action: string, containerId: string): void {
    for (const node of this.nodes.values()) {
      if (node.container.id !== containerId) continue;
      if (action === "die" || action === "pause") node.loseConnection();
      else refresh(node);
    }
  }
}

/** Where the engine went away again, its return starts this anew. */
function refresh(node: DockerNode): void {
  node.refresh().catch(() => node.loseConnection());
}
