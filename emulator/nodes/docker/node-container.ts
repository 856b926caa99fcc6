import type Docker from "dockerode";
import { extract } from "tar-stream";
import type { EpochMillis } from "../../clock.ts";
import { agentShell } from "../agent-channel.ts";
import { nodeError, statusOf } from "../node-error.ts";
import type { NodeExec, NodeProgram } from "../node-exec.ts";
import type { NodeSpec } from "../node-spec.ts";
import { userNames } from "../node-users.ts";
import { attachMainShell, mainShell } from "./agent-shell.ts";
import { DockerExec } from "./docker-exec.ts";

/** Containers of one emulator carry its owner name, so that two emulators on one engine do not collide. */
export const ownerLabel = "ssm-emulator.owner";
export const nodeIdLabel = "ssm-emulator.node-id";
/** Only on containers that an emulator created: what it was created from. */
const createdFromLabel = "ssm-emulator.created-from";
/** Only on containers that end with the emulator. */
const temporaryLabel = "ssm-emulator.temporary";
/** From creation to start of a container; far longer than it takes. */
const maxStartMs = 60_000;

export interface ContainerPlan {
  readonly owner: string;
  readonly spec: NodeSpec;
  readonly image: string;
  /** Undefined: the engine's default bridge. */
  readonly network: string | undefined;
  /** Whether the container ends, and is removed by the engine, when its creator is gone. */
  readonly temporary: boolean;
}

export interface NodeContainer {
  readonly container: Docker.Container;
  /** `found` is for whoever made it to remove; `made` and `temporary` are an emulator's. */
  readonly origin: "found" | "made" | "temporary";
  /** Whether nobody has done anything in it yet. */
  readonly isNew: boolean;
  readonly exec: NodeExec;
  /** Starts a root shell for the agent. */
  readonly openShell: () => Promise<NodeProgram>;
}

/** The containers of an owner, running or not, by node id. @throws ManagedNodeError */
export async function findNodeContainers(
  engine: Docker,
  owner: string,
): Promise<ReadonlyMap<string, Docker.ContainerInfo>> {
  try {
    const filters = { label: [`${ownerLabel}=${owner}`, nodeIdLabel] };
    const found = await engine.listContainers({ all: true, filters });
    return new Map(found.map((info) => [info.Labels[nodeIdLabel] ?? "", info]));
  } catch (cause) {
    throw nodeError("The engine did not list the containers", cause);
  }
}

/**
 * A running container for a node: the found one, started if need be, or a new one. A found one that an emulator created
 * from another seed is replaced.
 * @throws ManagedNodeError
 */
export async function provideContainer(
  engine: Docker,
  plan: ContainerPlan,
  found: Docker.ContainerInfo | undefined,
  ensureImage: (image: string) => Promise<void>,
): Promise<NodeContainer> {
  try {
    const createdFrom = found?.Labels[createdFromLabel];
    if (found !== undefined && (createdFrom === undefined || createdFrom === describePlan(plan))) {
      const container = engine.getContainer(found.Id);
      if (found.State === "paused") await container.unpause();
      else if (found.State !== "running") await container.start();
      const origin = createdFrom === undefined ? "found" : "made";
      return { ...lastingContainer(container), origin, isNew: false };
    }
    await ensureImage(plan.image);
    if (found !== undefined) await removeContainer(engine.getContainer(found.Id));
    return plan.temporary ? await createTemporary(engine, plan) : await createLasting(engine, plan);
  } catch (cause) {
    throw nodeError(`The container of node ${plan.spec.name} could not be started`, cause);
  }
}

/** Removes a container, running or not; one that is gone already is fine. @throws ManagedNodeError */
export async function removeContainer(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (cause) {
    // 409: somebody else is removing it.
    if (statusOf(cause) === 404 || statusOf(cause) === 409) return;
    throw nodeError("A node's container could not be removed", cause);
  }
}

/**
 * Removes what emulators left that were killed between creating a temporary container and starting it: nothing runs in
 * it, and so nothing ends it.
 * @throws ManagedNodeError
 */
export async function removeNeverStarted(engine: Docker, now: EpochMillis): Promise<void> {
  try {
    const filters = { label: [temporaryLabel], status: ["created"] };
    const found = await engine.listContainers({ all: true, filters });
    const abandoned = found.filter(({ Created }) => Created * 1_000 < now - maxStartMs);
    await Promise.all(abandoned.map(({ Id }) => removeContainer(engine.getContainer(Id))));
  } catch (cause) {
    throw nodeError("The engine did not list the containers", cause);
  }
}

/** The names of the OS users an image brings. @throws ManagedNodeError */
export async function imageUsers(engine: Docker, imageId: string): Promise<ReadonlySet<string>> {
  try {
    const container = await engine.createContainer({ Image: imageId, Cmd: ["true"] });
    try {
      const archive = extract();
      (await container.getArchive({ path: "/etc/passwd" })).pipe(archive);
      for await (const entry of archive) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array));
        return new Set(userNames(Buffer.concat(chunks).toString()));
      }
      return new Set();
    } finally {
      await removeContainer(container);
    }
  } catch (cause) {
    throw nodeError("The users of a node's image could not be read", cause);
  }
}

async function createLasting(engine: Docker, plan: ContainerPlan): Promise<NodeContainer> {
  const container = await engine.createContainer({
    ...creationOptions(plan),
    Cmd: ["sleep", "infinity"],
    // Without an init, orphans of killed sessions would stay as zombies.
    HostConfig: { ...hostConfig(plan), Init: true },
  });
  await orRemove(container, () => container.start());
  return { ...lastingContainer(container), origin: "made", isNew: true };
}

async function createTemporary(engine: Docker, plan: ContainerPlan): Promise<NodeContainer> {
  const options = creationOptions(plan);
  const container = await engine.createContainer({
    ...options,
    ...mainShell(),
    Labels: { ...options.Labels, [temporaryLabel]: "true" },
    // What the agent says is no log.
    HostConfig: { ...hostConfig(plan), AutoRemove: true, LogConfig: { Type: "none", Config: {} } },
  });
  const openShell = await orRemove(container, async () => {
    const attached = await attachMainShell(container);
    await container.start();
    return attached;
  });
  return { container, exec: new DockerExec(container), origin: "temporary", isNew: true, openShell };
}

/** Its agent can come and go. */
function lastingContainer(
  container: Docker.Container,
): Pick<NodeContainer, "container" | "exec" | "openShell"> {
  const exec = new DockerExec(container);
  return { container, exec, openShell: () => exec.start(agentShell) };
}

function creationOptions(plan: ContainerPlan) {
  const { owner, spec, image } = plan;
  return {
    name: `ssm-emulator-${owner}-${spec.name}`.replaceAll(/[^a-zA-Z0-9_.-]/g, "-"),
    Hostname: spec.name,
    Image: image,
    Entrypoint: [],
    Labels: { [ownerLabel]: owner, [nodeIdLabel]: spec.nodeId, [createdFromLabel]: describePlan(plan) },
  };
}

function hostConfig({ network }: ContainerPlan): Docker.HostConfig {
  return network === undefined ? {} : { NetworkMode: network };
}

async function orRemove<Result>(container: Docker.Container, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    await removeContainer(container);
    throw cause;
  }
}

function describePlan({ spec, image, network }: ContainerPlan): string {
  return JSON.stringify({ name: spec.name, image, network, users: spec.users });
}
