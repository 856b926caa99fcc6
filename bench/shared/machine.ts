import { execFile } from "node:child_process";
import { arch, availableParallelism, cpus, release } from "node:os";
import { promisify } from "node:util";
import { stockClient } from "./lab.ts";

const run = promisify(execFile);

/** What the figures are of. */
export async function describeMachine(): Promise<string> {
  const docker = await run("docker", ["version", "--format", "{{.Server.Version}}"]);
  const plugin = stockClient.hasPlugin
    ? await run("session-manager-plugin", ["--version"])
    : { stdout: "none" };
  return [
    `${availableParallelism()} × ${cpus()[0]?.model ?? arch()}`,
    `Linux ${release()}`,
    `Node ${process.version}`,
    `Docker ${docker.stdout.trim()}`,
    `session-manager-plugin ${plugin.stdout.trim()}`,
    new Date().toISOString().slice(0, 10),
  ].join(", ");
}
