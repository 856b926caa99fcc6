/**
 * Testcontainers: the emulator's image as a container of a test, with nodes next to it that go with it.
 *
 * @example
 * import { SsmEmulatorContainer } from "ssm-emulator/testcontainers";
 *
 * await using container = await new SsmEmulatorContainer("ssm-emulator/emulator:local")
 *   .withNode({ name: "web-1", users: [{ name: "my-os-user" }] })
 *   .start();
 * const ssm = new SSMClient({
 *   endpoint: container.getConnectionUri(),
 *   region: container.getRegion(),
 *   credentials: container.getCredentials("alice"),
 * });
 */
import type { Readable } from "node:stream";
import {
  AbstractStartedContainer,
  GenericContainer,
  getContainerRuntimeClient,
  type StartedTestContainer,
  type StopOptions,
  type StoppedTestContainer,
  Wait,
} from "testcontainers";
import type { SessionEvent } from "../emulator/operations/ports/session-events.ts";
import type { Seed } from "../emulator/seed/seed-schema.ts";
import { completeSeed, type SeedInput } from "./complete-seed.ts";
import type { Credentials } from "./credentials.ts";
import { EmulatorHandle } from "./emulator-handle.ts";

/** Where the emulator listens in its container. */
const emulatorPort = 4583;
const seedPath = "/etc/ssm-emulator/seed.yaml";
/** The first start may build the image of the nodes. */
const startupTimeoutMs = 180_000;
/** More than the emulator takes to end its sessions and remove its nodes. */
const stopTimeoutMs = 15_000;
/** Characters of the emulator's log that are kept. */
const maxLogLength = 1_024 * 1_024;
/** Of the log, where a start fails. */
const shownLines = 30;

/** Least level of the emulator's log lines. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** A node, as in the seed; what is left out has a default. */
export type ContainerNode = NonNullable<SeedInput["nodes"]>[number];

/**
 * The emulator in a container of its own. Its nodes are made on the engine that runs it, through the engine's socket, and
 * end with it however it ends.
 *
 * @example
 * const container = await new SsmEmulatorContainer("ssm-emulator/emulator:local").withSeed("./lab.yaml").start();
 */
export class SsmEmulatorContainer extends GenericContainer {
  #seed: SeedInput | string | undefined;
  #nodes: ContainerNode[] = [];

  /** @param image the emulator's, as `docker build -f containers/emulator/Dockerfile .` makes it */
  constructor(image: string) {
    super(image);
    this.withExposedPorts(emulatorPort)
      .withEnvironment({ SSM_EMULATOR_NODES_OWNER: "testcontainers", SSM_EMULATOR_TEMPORARY_NODES: "true" })
      .withStartupTimeout(startupTimeoutMs)
      .withWaitStrategy(Wait.forLogMessage(/^Ready\.$/));
  }

  /** The account: sections in place of the built-in seed's, or the path of a YAML file on this machine. */
  withSeed(seed: SeedInput | string): this {
    this.#seed = seed;
    return this;
  }

  /** Adds a node to those of {@link withSeed}; without one, takes the place of the built-in node. */
  withNode(node: ContainerNode): this {
    this.#nodes.push(node);
    return this;
  }

  /** The image of nodes that name none; the emulator builds its own when left out. */
  withNodeImage(image: string): this {
    return this.withEnvironment({ SSM_EMULATOR_NODE_IMAGE: image });
  }

  /** Least level of the emulator's log lines; `info` when left out. */
  withLogLevel(level: LogLevel): this {
    return this.withEnvironment({ SSM_EMULATOR_LOG_LEVEL: level });
  }

  /** Starts it and its nodes. @throws Error with the end of its log when it does not become ready */
  override async start(): Promise<StartedSsmEmulatorContainer> {
    const seed = await this.#completeSeed();
    const { info } = await getContainerRuntimeClient();
    const { host, remoteSocketPath } = info.containerRuntime;
    this.withCopyContentToContainer([
      { content: JSON.stringify(seed, null, 2), target: seedPath },
    ]).withEnvironment({
      SSM_EMULATOR_SEED: seedPath,
      SSM_EMULATOR_ALLOWED_HOSTS: [host, ...this.networkAliases].join(","),
    });
    // Not withBindMounts, which forgets those that were given before.
    this.hostConfig.Binds = [...(this.hostConfig.Binds ?? []), `${remoteSocketPath}:/var/run/docker.sock`];
    const log = new CapturedLog(this.logConsumer);
    this.logConsumer = (stream) => log.read(stream);
    try {
      return new StartedSsmEmulatorContainer(await super.start(), seed, () => log.text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const lines = log.text.trimEnd().split("\n").slice(-shownLines);
      throw new Error(`${reason}\nThe emulator's log:\n${lines.join("\n")}`, { cause });
    }
  }

  async #completeSeed(): Promise<Seed> {
    if (this.#nodes.length === 0) return await completeSeed(this.#seed);
    if (typeof this.#seed !== "string") {
      return await completeSeed({ ...this.#seed, nodes: [...(this.#seed?.nodes ?? []), ...this.#nodes] });
    }
    const { nodes, ...others } = await completeSeed(this.#seed);
    return await completeSeed({ ...others, nodes: [...nodes, ...this.#nodes] });
  }
}

/** An emulator that runs in a container. */
export class StartedSsmEmulatorContainer extends AbstractStartedContainer {
  readonly #seed: Seed;
  readonly #log: () => string;

  /** For {@link SsmEmulatorContainer.start}. */
  constructor(container: StartedTestContainer, seed: Seed, log: () => string) {
    super(container);
    this.#seed = seed;
    this.#log = log;
  }

  /** The endpoint of every service, for clients on this machine: `AWS_ENDPOINT_URL`. */
  getConnectionUri(): string {
    return `http://${this.getHost()}:${this.getMappedPort(emulatorPort)}`;
  }

  /** As {@link getConnectionUri}, by the SDKs' word. */
  getEndpoint(): string {
    return this.getConnectionUri();
  }

  /** The seed's, such as `us-east-1`. */
  getRegion(): string {
    return this.#seed.region;
  }

  /** 12 digits. */
  getAccountId(): string {
    return this.#seed.account;
  }

  /** Keys of `root` or an IAM user of the seed. @throws Error for anybody else */
  getCredentials(persona: string): Credentials {
    const { rootAccessKeys, users } = this.#seed;
    const keys = persona === "root" ? rootAccessKeys : users.find(({ name }) => name === persona)?.accessKeys;
    const [key] = keys ?? [];
    if (key !== undefined) return { accessKeyId: key.id, secretAccessKey: key.secret };
    throw new Error(
      `The seed has no key of ${persona}. Known: ${["root", ...users.map(({ name }) => name)].join(", ")}.`,
    );
  }

  /**
   * The emulator, for what its API can do: sessions, time, nodes, decisions.
   *
   * @example
   * await using session = await container.handle().startSession({ as: "alice" });
   * const { output } = await session.run("whoami");
   */
  handle(): EmulatorHandle {
    return new EmulatorHandle({
      url: this.getConnectionUri(),
      accountId: this.getAccountId(),
      region: this.getRegion(),
    });
  }

  /** Session log events in order of arrival; of all sessions without an id. */
  getSessionLog(sessionId?: string): Promise<readonly SessionEvent[]> {
    return this.handle().logs(sessionId);
  }

  /** The emulator's own log so far; of a very long one the end. */
  getLog(): string {
    return this.#log();
  }

  /** Stops it, with time to end its sessions and remove its nodes; `timeout` is in milliseconds. */
  override stop(options: Partial<StopOptions> = {}): Promise<StoppedTestContainer> {
    return super.stop({ timeout: stopTimeoutMs, ...options });
  }

  /** As {@link stop}. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Keeps the end of a log, next to whoever else reads it. */
class CapturedLog {
  text = "";
  readonly #alsoTo: ((stream: Readable) => unknown) | undefined;

  constructor(alsoTo: ((stream: Readable) => unknown) | undefined) {
    this.#alsoTo = alsoTo;
  }

  read(stream: Readable): void {
    stream.on("data", (chunk: string | Buffer) => {
      this.text = (this.text + String(chunk)).slice(-maxLogLength);
    });
    this.#alsoTo?.(stream);
  }
}
