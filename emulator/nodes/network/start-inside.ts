import { type ChildProcess, spawn } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeEnvironment } from "../program-environment.ts";

/**
 * Starts one of this folder's own programs in another network namespace, with a channel over which it hands over sockets. It
 * ends when this process does.
 * @param entrance words before a program that is to run there
 */
export function startInside(
  entrance: readonly string[],
  name: "network-listener" | "network-dialer",
  args: readonly string[] = [],
): ChildProcess {
  // Compiled, it has another ending.
  const program = fileURLToPath(new URL(`${name}${extname(import.meta.url)}`, import.meta.url));
  const [file = "", ...words] = [...entrance, process.execPath, program, ...args];
  return spawn(file, words, {
    cwd: "/",
    env: nodeEnvironment,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}
