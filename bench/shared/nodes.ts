import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { connectDockerEngine } from "../../emulator/nodes/docker/docker-engine.ts";
import type { EngineName } from "../../emulator/nodes/node-fleet.ts";
import type { FleetOptions } from "../../emulator/nodes/open-fleet.ts";

/** Where a machine has no registry, the node image is built from this one. */
const localBaseImage = "ssm-emulator/al2023-standin:local";
/** The same image unpacked, for nodes in namespaces. */
const localTree = join(homedir(), ".cache/ssm-emulator/al2023-standin");

/** What an engine plays the nodes with. */
export type NodeSettings = Pick<FleetOptions, "owner" | "engine" | "baseImage" | "image">;

/** Settings for nodes that are nobody else's; those of both engines have the same programs, where this machine has them. */
export async function nodeSettings(engine: EngineName): Promise<NodeSettings> {
  const owner = `bench-${randomUUID().slice(0, 8)}`;
  return engine === "docker"
    ? { owner, engine, baseImage: await baseImage(await connectDockerEngine()) }
    : { owner, engine, image: tree() };
}

/** The settings of an emulator whose nodes are built on this machine. */
export async function nodeImageVariables(): Promise<Record<string, string>> {
  const image = await baseImage(await connectDockerEngine());
  return image === undefined ? {} : { SSM_EMULATOR_NODE_BASE_IMAGE: image };
}

async function baseImage(engine: Docker): Promise<string | undefined> {
  const named = process.env.SSM_EMULATOR_NODE_BASE_IMAGE;
  if (named !== undefined) return named;
  return await engine
    .getImage(localBaseImage)
    .inspect()
    .then(
      () => localBaseImage,
      () => undefined,
    );
}

/** Undefined: this machine's own programs. */
function tree(): string | undefined {
  return process.env.SSM_EMULATOR_NODE_IMAGE ?? (existsSync(localTree) ? localTree : undefined);
}
