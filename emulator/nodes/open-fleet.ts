import { join } from "node:path";
import { ConfigError, ManagedNodeError } from "../errors.ts";
import { connectDockerEngine } from "./docker/docker-engine.ts";
import { DockerFleet, type DockerFleetOptions } from "./docker/docker-fleet.ts";
import { NamespaceFleet } from "./namespace/namespace-fleet.ts";
import { isNodeNetwork, nodeNetworks } from "./namespace/node-network.ts";
import type { EngineName, NodeFleet } from "./node-fleet.ts";

export interface FleetOptions extends DockerFleetOptions {
  /** `auto`: Docker where an engine answers, else namespaces. */
  readonly engine?: EngineName | "auto" | undefined;
  /** A name on a Docker engine; for namespaces a folder, or a file with an archive. */
  readonly image?: string | undefined;
  /** A network of the Docker engine; for namespaces one of {@link nodeNetworks}. */
  readonly network?: string | undefined;
  /** Where images are kept unpacked. */
  readonly stateDirectory: string;
}

export interface OpenedFleet {
  readonly fleet: NodeFleet;
  /** Why it is this engine; undefined where that was asked for. */
  readonly reason: string | undefined;
}

/**
 * Opens a fleet on the engine that was asked for, or on the one that is there.
 * @throws ManagedNodeError without an engine, or when a node cannot be had; ConfigError for a network that the engine has not
 */
export async function openFleet(options: FleetOptions): Promise<OpenedFleet> {
  switch (options.engine ?? "auto") {
    case "docker":
      return { fleet: await DockerFleet.open(options), reason: undefined };
    case "namespace":
      return { fleet: await openNamespaces(options), reason: undefined };
    case "auto":
      return await openWhatIsThere(options);
  }
}

async function openWhatIsThere(options: FleetOptions): Promise<OpenedFleet> {
  const { image, dockerHost } = options;
  if (image !== undefined && isPath(image)) {
    return { fleet: await openNamespaces(options), reason: `the image ${image} is a file or folder` };
  }
  const refusal = await connectDockerEngine(dockerHost).then(
    () => undefined,
    (error: Error) => error,
  );
  if (refusal === undefined)
    return { fleet: await DockerFleet.open(options), reason: "a Docker engine answers" };
  // Who names an engine means it.
  if (dockerHost !== undefined) throw refusal;
  try {
    return { fleet: await openNamespaces(options), reason: "no Docker engine answers" };
  } catch (cause) {
    if (!(cause instanceof ManagedNodeError)) throw cause;
    throw new ManagedNodeError(`${refusal.message}. ${cause.message}`, { cause });
  }
}

async function openNamespaces(options: FleetOptions): Promise<NodeFleet> {
  const { network = "bridge", stateDirectory, nodes, clock, image, helper, entrance, onProgress } = options;
  if (!isNodeNetwork(network)) {
    throw new ConfigError(
      `SSM_EMULATOR_NODE_NETWORK: with the namespace engine expected one of ${nodeNetworks.join(", ")}, ` +
        `found ${JSON.stringify(network)}`,
    );
  }
  const cacheDirectory = join(stateDirectory, "images");
  return await NamespaceFleet.open({
    nodes,
    clock,
    image,
    helper,
    entrance,
    onProgress,
    network,
    cacheDirectory,
  });
}

/** Names of images never begin like that. */
function isPath(image: string): boolean {
  return /^(\/|\.\.?\/)/.test(image);
}
