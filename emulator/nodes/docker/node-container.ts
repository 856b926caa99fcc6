import type Docker from "dockerode";
import { extract } from "tar-stream";
import { nodeError, statusOf } from "./node-error.ts";
import type { NodeSpec } from "./node-spec.ts";
import { userNames } from "./node-users.ts";

/** Containers of one emulator carry its owner name, so that two emulators on one engine do not collide. */
export const ownerLabel = "ssm-emulator.owner";
export const nodeIdLabel = "ssm-emulator.node-id";
/** Only on containers that an emulator created: what it was created from. */
const createdFromLabel = "ssm-emulator.created-from";

export interface ContainerPlan {
  readonly owner: string;
  readonly spec: NodeSpec;
  readonly image: string;
  /** Undefined: the engine's default bridge. */
  readonly network: string | undefined;
}

export interface NodeContainer {
  readonly container: Docker.Container;
  /** Whether an emulator created it; then it is an emulator's to remove. */
  readonly isOurs: boolean;
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
      return { container, isOurs: createdFrom !== undefined };
    }
    await ensureImage(plan.image);
    if (found !== undefined) await removeContainer(engine.getContainer(found.Id));
    return { container: await createContainer(engine, plan), isOurs: true };
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

async function createContainer(engine: Docker, plan: ContainerPlan): Promise<Docker.Container> {
  const { owner, spec, image, network } = plan;
  const container = await engine.createContainer({
    name: `ssm-emulator-${owner}-${spec.name}`.replaceAll(/[^a-zA-Z0-9_.-]/g, "-"),
    Hostname: spec.name,
    Image: image,
    Entrypoint: [],
    Cmd: ["sleep", "infinity"],
    Labels: { [ownerLabel]: owner, [nodeIdLabel]: spec.nodeId, [createdFromLabel]: describePlan(plan) },
    // Without an init, orphans of killed sessions would stay as zombies.
    HostConfig: { Init: true, ...(network === undefined ? {} : { NetworkMode: network }) },
  });
  try {
    await container.start();
    return container;
  } catch (cause) {
    await removeContainer(container);
    throw cause;
  }
}

function describePlan({ spec, image, network }: ContainerPlan): string {
  return JSON.stringify({ name: spec.name, image, network, users: spec.users });
}
