import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { ManagedNodeError } from "../../errors.ts";
import type { NodeProgram } from "../node-exec.ts";
import { DockerProgram } from "./docker-program.ts";

/** How long a temporary node waits for the emulator that created it. */
const defaultWaitSeconds = 60;

/**
 * Options by which a container's first process is a root shell on the emulator's connection: when that is lost, however the
 * emulator died, or does not come, the shell ends, and with it the container.
 */
export function mainShell(maxWaitSeconds = defaultWaitSeconds): Docker.ContainerCreateOptions {
  return {
    Env: ["LANG=C.UTF-8"],
    User: "root",
    Cmd: [
      "/bin/sh",
      "-c",
      'timeout "$1" sh -c "read -r _" || exit; exec /bin/sh -s',
      "sh",
      String(maxWaitSeconds),
    ],
    OpenStdin: true,
    StdinOnce: true,
  };
}

/** Connects to the {@link mainShell} of a container that is not started yet. @returns what hands the shell out, once */
export async function attachMainShell(container: Docker.Container): Promise<() => Promise<NodeProgram>> {
  const connection = { hijack: true, stream: true, stdin: true, stdout: true, stderr: true };
  // A hijacked connection is a socket, which the declared type does not say.
  const stream = (await container.attach(connection)) as Duplex;
  // Whoever is handed the shell learns of its end, not of the reason.
  stream.on("error", () => {});
  stream.write("\n");
  let isTaken = false;
  return async () => {
    if (isTaken)
      throw new ManagedNodeError("The node has ended", { cause: "a temporary node ends with its agent" });
    isTaken = true;
    return new DockerProgram(stream);
  };
}
