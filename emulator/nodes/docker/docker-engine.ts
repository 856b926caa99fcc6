import type Docker from "dockerode";
import { ManagedNodeError } from "../../errors.ts";
import { nodeError } from "../node-error.ts";

/**
 * Connects to a Docker Engine and waits until it answers.
 * @param dockerHost as `DOCKER_HOST` has it (`unix:///path`, `tcp://host:port`); undefined: that variable, else the default socket
 * @throws ManagedNodeError when no engine answers
 */
export async function connectDockerEngine(dockerHost?: string): Promise<Docker> {
  // Loaded late: it is large, and nodes need no engine where they are namespaces.
  const { default: DockerEngine } = await import("dockerode");
  const engine = new DockerEngine(connectionOptions(dockerHost));
  try {
    await engine.ping();
  } catch (cause) {
    throw nodeError(
      `No Docker engine answers at ${dockerHost ?? "DOCKER_HOST or the default socket"}. ` +
        "Start Docker, or set DOCKER_HOST to an engine",
      cause,
    );
  }
  return engine;
}

function connectionOptions(dockerHost: string | undefined): Docker.DockerOptions {
  if (dockerHost === undefined) return {};
  const url = URL.canParse(dockerHost) ? new URL(dockerHost) : undefined;
  // An empty host keeps a DOCKER_HOST in our environment from winning over the option.
  if (url?.protocol === "unix:") return { host: "", socketPath: url.pathname };
  if (url?.protocol === "tcp:" || url?.protocol === "http:" || url?.protocol === "https:") {
    return {
      protocol: url.protocol === "https:" ? "https" : "http",
      host: url.hostname,
      port: url.port || "2375",
    };
  }
  throw new ManagedNodeError(`A Docker host is unix:///path or tcp://host:port, got: ${dockerHost}`, {
    cause: dockerHost,
  });
}
