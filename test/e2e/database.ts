import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Seed } from "../../emulator/seed/seed-schema.ts";
import { dockerEngine, newOwner } from "../helpers/docker.ts";
import type { TestEmulator } from "../helpers/emulator.ts";
import { testEngine } from "../helpers/engine.ts";
import { onNode } from "../helpers/on-node.ts";
import { engineNode } from "./node.ts";

/** A Redis server that nodes reach under a name, and nobody else does. `scripts/make-standin.sh` has made it. */
export interface TestDatabase extends AsyncDisposable {
  readonly host: string;
  /** The Docker network that nodes must share with it. */
  readonly network: string | undefined;
  /** Nodes that the seed must have for it. */
  readonly nodes: Seed["nodes"];
  /** Once the emulator runs. */
  start(lab: TestEmulator): Promise<void>;
}

const host = "redis.internal";

export async function openDatabase(): Promise<TestDatabase> {
  return testEngine === "docker" ? await databaseContainer() : databaseNode();
}

async function databaseContainer(): Promise<TestDatabase> {
  const engine = dockerEngine();
  const network = newOwner();
  await engine.createNetwork({ Name: network });
  const redis = await engine.createContainer({
    Image: "ssm-emulator/redis-standin:local",
    Hostname: host,
    HostConfig: { AutoRemove: true, NetworkMode: network },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [host] } } },
  });
  await redis.start();
  return {
    host,
    network,
    nodes: [],
    start: async () => {},
    async [Symbol.asyncDispose]() {
      const left = await engine.listContainers({ all: true, filters: { network: [network] } });
      await Promise.all(left.map(({ Id }) => engine.getContainer(Id).remove({ force: true })));
      await engine.getNetwork(network).remove();
    },
  };
}

/** Nodes of namespaces share a network with each other alone, so it is a node, too. */
function databaseNode(): TestDatabase {
  const id = "i-0a1b2c3d4e5f6071a";
  return {
    host,
    network: undefined,
    nodes: [{ id, name: host, users: [], tags: {} }],
    start: async (lab) => {
      const node = engineNode(lab, id);
      const words = ["tar", "--extract", "--skip-old-files", "--directory=/", "--file=-"];
      const unpack = await node.exec.start({ words, workingDirectory: "/", input: "pipe" });
      const { promise: unpacked, resolve } = Promise.withResolvers<void>();
      unpack.onEnd = resolve;
      const tree = join(process.env.SSM_EMULATOR_STANDINS ?? "", "redis-standin");
      const pack = spawn("tar", ["--create", "--file=-", "--directory", tree, "."], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      pack.stdout.pipe(unpack.input);
      await Promise.all([once(pack, "close"), unpacked]);
      await onNode(node, "redis-server --bind 0.0.0.0 --protected-mode no --save '' --daemonize yes");
    },
    async [Symbol.asyncDispose]() {},
  };
}
