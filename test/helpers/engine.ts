import { describe } from "vitest";
import { systemClock } from "../../emulator/clock.ts";
import type { EngineNode } from "../../emulator/nodes/engine-node.ts";
import { NamespaceFleet } from "../../emulator/nodes/namespace/namespace-fleet.ts";
import { NamespaceNode } from "../../emulator/nodes/namespace/namespace-node.ts";
import { namespaceRights } from "../../emulator/nodes/namespace/namespace-rights.ts";
import type { EngineName, NodeFleet } from "../../emulator/nodes/node-fleet.ts";
import type { NodeSpec } from "../../emulator/nodes/node-spec.ts";
import type { FleetOptions } from "../../emulator/nodes/open-fleet.ts";
import { dockerSkipReason, newOwner, openDockerFleet, testBaseImage, testNode } from "./docker.ts";
import { hostProcesses, onNode } from "./on-node.ts";

/** The engine on which this run plays its nodes: every test with nodes is run on each. */
export const testEngine: EngineName =
  process.env.SSM_EMULATOR_NODE_ENGINE === "namespace" ? "namespace" : "docker";

/** A folder with the root of nodes that are made of namespaces. */
const tree = process.env.SSM_EMULATOR_NODE_IMAGE;

const namespaceSkipReason =
  testEngine !== "namespace"
    ? undefined
    : tree === undefined
      ? "there is no tree for nodes: run scripts/make-standin.sh ~/.cache/ssm-emulator as root"
      : await namespaceRights().then(
          () => undefined,
          (error: Error) => error.message,
        );

/** Why tests with nodes are skipped here; undefined where they run. */
export const nodesSkipReason: string | undefined =
  testEngine === "docker" ? dockerSkipReason : namespaceSkipReason;

/** A `describe` that is skipped, and says why, without this run's engine; fails there if CI promised one. */
export function describeWithNodes(title: string, tests: () => void): void {
  const { CI, SSM_EMULATOR_REQUIRE_ENGINES } = process.env;
  if (nodesSkipReason !== undefined && CI === "true" && SSM_EMULATOR_REQUIRE_ENGINES === "1") {
    throw new Error(`SSM_EMULATOR_REQUIRE_ENGINES=1, but: ${nodesSkipReason}`);
  }
  if (nodesSkipReason === undefined) describe(`${title}, ${testEngine} engine`, tests);
  else describe.skip(`${title}, ${testEngine} engine (skipped: ${nodesSkipReason})`, tests);
}

/** Tests of what only one engine has; a run on the other does not know them. */
export function describeOnEngine(engine: EngineName, title: string, tests: () => void): void {
  if (engine === testEngine) describeWithNodes(title, tests);
}

/** What makes an emulator play its nodes on this run's engine. */
export async function testNodes(): Promise<Pick<FleetOptions, "owner" | "engine" | "baseImage" | "image">> {
  const owner = newOwner();
  return testEngine === "docker"
    ? { owner, engine: "docker", baseImage: await testBaseImage() }
    : { owner, engine: "namespace", image: tree };
}

/** The same for an emulator in a process of its own. */
export async function testNodeVariables(): Promise<Record<string, string>> {
  const { engine = "auto", baseImage, image } = await testNodes();
  return {
    SSM_EMULATOR_NODE_ENGINE: engine,
    ...(baseImage !== undefined && { SSM_EMULATOR_NODE_BASE_IMAGE: baseImage }),
    ...(image !== undefined && { SSM_EMULATOR_NODE_IMAGE: image }),
  };
}

/** A fleet of its own with the test node, gone when it goes out of scope. */
export interface TestFleet extends AsyncDisposable {
  readonly fleet: NodeFleet;
  readonly node: EngineNode;
  /** Every process of the node, and what else the engine keeps for one. */
  remains(): Promise<string[]>;
  /** Ends the node by somebody else's hand. */
  kill(): Promise<void>;
}

export interface TestFleetOptions {
  readonly nodes?: readonly NodeSpec[];
  /** Docker's alone: nodes of namespaces always are. */
  readonly temporary?: boolean;
  readonly helper?: "auto" | "off";
  readonly entrance?: "auto" | "off";
}

export async function openTestFleet(options: TestFleetOptions = {}): Promise<TestFleet> {
  return testEngine === "docker" ? await openDockerFleet(options) : await openNamespaceFleet(options);
}

async function openNamespaceFleet({
  nodes = [testNode],
  helper,
  entrance,
}: TestFleetOptions): Promise<TestFleet> {
  const fleet = await NamespaceFleet.open({
    nodes,
    clock: systemClock,
    image: tree,
    cacheDirectory: "/nonexistent",
    helper,
    entrance,
  });
  const node = fleet.get(testNode.nodeId);
  if (!(node instanceof NamespaceNode)) throw new Error("the test node is missing");
  return {
    fleet,
    node,
    remains: async () => {
      const lines = (await onNode(node, "exec ps -e -ww -o pid=,args=")).split("\n");
      return [
        // The node's first process takes its time to notice that one has ended.
        ...lines.filter((line) => !/ps -e -ww|<defunct>/.test(line)),
        ...(await hostProcesses(`--target ${node.pid}`)),
      ];
    },
    kill: async () => {
      process.kill(node.pid, "SIGKILL");
    },
    [Symbol.asyncDispose]: () => fleet.close({ remove: true }),
  };
}
