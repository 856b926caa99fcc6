import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { ManagedNodeError } from "../../errors.ts";

/** How long a temporary node waits for the emulator that created it. */
const defaultWaitSeconds = 60;

/** What a shell of the agent is given on every node. */
const shell = { Env: ["LANG=C.UTF-8"], User: "root" };

/** Starts another root shell in a running container. */
export async function execShell(container: Docker.Container): Promise<Duplex> {
  const exec = await container.exec({
    ...shell,
    Cmd: ["/bin/sh", "-s"],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  return await exec.start({ hijack: true, stdin: true });
}

/**
 * Options by which a container's first process is a root shell on the emulator's connection: when that is lost, however the
 * emulator died, or does not come, the shell ends, and with it the container.
 */
export function mainShell(maxWaitSeconds = defaultWaitSeconds): Docker.ContainerCreateOptions {
  return {
    ...shell,
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
export async function attachMainShell(container: Docker.Container): Promise<() => Promise<Duplex>> {
  const connection = { hijack: true, stream: true, stdin: true, stdout: true, stderr: true };
  // A hijacked connection is a socket, which the declared type does not say.
  const stream = (await container.attach(connection)) as Duplex;
  // Whoever is handed the stream learns of its end, not of the reason.
  stream.on("error", () => {});
  stream.write("\n");
  let isTaken = false;
  return async () => {
    if (isTaken)
      throw new ManagedNodeError("The node has ended", { cause: "a temporary node ends with its agent" });
    isTaken = true;
    return stream;
  };
}
