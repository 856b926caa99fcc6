import { access, constants } from "node:fs/promises";
import type Docker from "dockerode";

/**
 * Words before a program of this machine that is to run in a container's network. Undefined where we may not enter it: as
 * root alone, and only where the engine is on this machine, for its sandbox is a file here then.
 * @see moby `libnetwork/osl`, sandbox keys
 */
export async function containerEntrance(info: Docker.ContainerInspectInfo): Promise<string[] | undefined> {
  const { SandboxKey: sandbox } = info.NetworkSettings;
  // That of the machine's own network has the same name on every machine.
  if (process.getuid?.() !== 0 || !/\/[0-9a-f]{12}$/.test(sandbox)) return undefined;
  return await access(sandbox, constants.R_OK).then(
    () => ["nsenter", `--net=${sandbox}`, "--"],
    () => undefined,
  );
}

/**
 * The folder by which this machine's root reaches a container's files, without its word that it is the container's: the process
 * may be another machine's, or another's by now.
 */
export function containerFiles({ State: { Pid } }: Docker.ContainerInspectInfo): string | undefined {
  return process.getuid?.() === 0 && Pid > 0 ? `/proc/${Pid}/root` : undefined;
}
