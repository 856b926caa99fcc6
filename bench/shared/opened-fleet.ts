import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../emulator/clock.ts";
import { DockerNode } from "../../emulator/nodes/docker/docker-node.ts";
import type { EngineName, FleetNode } from "../../emulator/nodes/node-fleet.ts";
import type { NodeSpec } from "../../emulator/nodes/node-spec.ts";
import { openFleet } from "../../emulator/nodes/open-fleet.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { nodeSpecs } from "../../emulator/seed/node-specs.ts";
import { nodeSettings } from "./nodes.ts";
import { childrenOf, type Parents, readParents, residentMemory } from "./resident-memory.ts";

/** Archives are unpacked there, once. */
const stateDirectory = join(tmpdir(), "ssm-emulator-bench");

/** What a fleet took. */
export interface FleetCost {
  /** From the call until all nodes are there for sessions. */
  readonly openedInMs: number;
  /** From the call until a shell on each has said its first. */
  readonly firstShellsInMs: number;
  /** Of all that runs for the nodes alone, after that; NaN where this user may not know. */
  readonly residentBytes: number;
}

/** Opens a fleet of nodes like the seed's first one, and closes it again. */
export async function openedFleet(engine: EngineName, count: number): Promise<FleetCost> {
  const settings = await nodeSettings(engine);
  const before = childrenOf(process.pid, await readParents());
  const startedAt = performance.now();
  const nodes = specs(count);
  const { fleet } = await openFleet({ ...settings, nodes, clock: systemClock, stateDirectory });
  try {
    const openedInMs = performance.now() - startedAt;
    const opened = nodes.flatMap(({ nodeId }) => fleet.get(nodeId) ?? []);
    await Promise.all(opened.map(useShell));
    const firstShellsInMs = performance.now() - startedAt;
    const parents = await readParents();
    const roots =
      engine === "docker"
        ? await shims(opened, parents)
        : childrenOf(process.pid, parents).filter((pid) => !before.includes(pid));
    return { openedInMs, firstShellsInMs, residentBytes: await residentMemory(roots, parents) };
  } finally {
    await fleet.close({ remove: true });
  }
}

function specs(count: number): NodeSpec[] {
  const [spec] = nodeSpecs(builtInSeed);
  if (spec === undefined) throw new Error("The seed has no node");
  return Array.from({ length: count }, (_, index) => ({
    ...spec,
    nodeId: `i-${index.toString(16).padStart(17, "0")}`,
    name: `node-${index}`,
  }));
}

async function useShell(node: FleetNode): Promise<void> {
  const environment = { PATH: "/usr/bin:/bin", TERM: "xterm-256color" };
  const shell = await node.openTerminal({
    argv: ["sh"],
    environment,
    workingDirectory: "/",
    credential: undefined,
  });
  await new Promise<void>((resolve) => {
    shell.onOutput = () => resolve();
    shell.resume();
  });
  await shell.terminate();
}

/** The engine's processes that look after the containers, one each. */
async function shims(nodes: readonly FleetNode[], parents: Parents): Promise<number[]> {
  const containers = nodes.flatMap((node) => (node instanceof DockerNode ? [node.container] : []));
  const infos = await Promise.all(containers.map((container) => container.inspect()));
  return infos.map(({ State }) => parents.get(State.Pid) ?? State.Pid);
}
