import { randomUUID } from "node:crypto";
import type Docker from "dockerode";
import { systemClock } from "../../emulator/clock.ts";
import { connectDockerEngine } from "../../emulator/nodes/docker/docker-engine.ts";
import { DockerFleet } from "../../emulator/nodes/docker/docker-fleet.ts";
import { DockerNode } from "../../emulator/nodes/docker/docker-node.ts";
import { nodeIdLabel, ownerLabel, removeContainer } from "../../emulator/nodes/docker/node-container.ts";
import type { NodeSpec } from "../../emulator/nodes/node-spec.ts";
import type { TestFleet, TestFleetOptions } from "./engine.ts";

/** Where a machine has no registry, the node image is built from this one. */
const localBaseImage = "ssm-emulator/al2023-standin:local";

const connected = await connectDockerEngine().then(
  (engine) => ({ engine, reason: undefined }),
  (error: Error) => ({ engine: undefined, reason: error.message }),
);

/** Why tests with Docker are skipped here; undefined where an engine answers. */
export const dockerSkipReason: string | undefined = connected.reason;

/** @throws Error without an engine */
export function dockerEngine(): Docker {
  if (connected.engine === undefined) throw new Error(connected.reason);
  return connected.engine;
}

/** The node image's base on this machine; undefined: the Dockerfile's own. */
export async function testBaseImage(): Promise<string | undefined> {
  return await dockerEngine()
    .getImage(localBaseImage)
    .inspect()
    .then(
      () => localBaseImage,
      () => undefined,
    );
}

export const testNode: NodeSpec = {
  nodeId: "i-0a1b2c3d4e5f60718",
  name: "web-1",
  tags: [{ key: "Name", value: "web-1" }],
  users: [
    { name: "alice", uid: 1500, groups: ["deploy", "audit"] },
    { name: "svc", uid: 1600, shell: "/sbin/nologin", home: false },
  ],
};

/** With whatever containers carry its owner's label. */
export interface DockerTestFleet extends TestFleet {
  readonly owner: string;
  readonly fleet: DockerFleet;
  readonly container: Docker.Container;
}

export interface DockerTestFleetOptions extends TestFleetOptions {
  readonly owner?: string;
  readonly dockerHost?: string;
}

export async function openDockerFleet(options: DockerTestFleetOptions = {}): Promise<DockerTestFleet> {
  const owner = options.owner ?? newOwner();
  const { nodes = [testNode], dockerHost, temporary, helper, entrance } = options;
  const baseImage = await testBaseImage();
  const fleet = await DockerFleet.open({
    owner,
    nodes,
    clock: systemClock,
    baseImage,
    dockerHost,
    temporary,
    helper,
    entrance,
  });
  const node = fleet.get(testNode.nodeId);
  const [found] = await containersOf(owner);
  if (!(node instanceof DockerNode) || found === undefined) throw new Error("the test node is missing");
  const container = dockerEngine().getContainer(found.Id);
  return {
    owner,
    fleet,
    node,
    container,
    remains: async () => {
      const { Processes = [] } = await container.top({ ps_args: "-eo pid,args" });
      const { ExecIDs } = await container.inspect();
      return [...Processes.map((columns: string[]) => columns.join(" ")), ...(ExecIDs ?? []).sort()];
    },
    kill: () => container.kill(),
    async [Symbol.asyncDispose]() {
      await fleet.close({ remove: true }).finally(() => removeContainersOf(owner));
    },
  };
}

export function newOwner(): string {
  return `test-${randomUUID().slice(0, 8)}`;
}

/** The containers of the test node that carry an owner's label; those of temporary fleets say more behind it. */
export async function containersOf(owner: string): Promise<Docker.ContainerInfo[]> {
  const label = [ownerLabel, `${nodeIdLabel}=${testNode.nodeId}`];
  const found = await dockerEngine().listContainers({ all: true, filters: { label } });
  return found.filter(({ Labels }) => Labels[ownerLabel]?.startsWith(owner));
}

export async function removeContainersOf(owner: string): Promise<void> {
  const found = await containersOf(owner);
  await Promise.all(found.map(({ Id }) => removeContainer(dockerEngine().getContainer(Id))));
}
