import { spawn } from "node:child_process";
import type { Server } from "node:net";
import { fileURLToPath } from "node:url";
import { nodeError } from "../node-error.ts";
import { nodeEnvironment } from "./node-rights.ts";

const timeoutMs = 15_000;
const listener = fileURLToPath(new URL("network-listener.ts", import.meta.url));

/**
 * Listens in another network namespace: a process that enters it opens the socket and hands it over.
 * @param entrance words before a program that is to run there
 * @throws ManagedNodeError
 */
export async function listenInside(
  entrance: readonly string[],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const [file = "", ...args] = [...entrance, process.execPath, listener, host, String(port)];
  const child = spawn(file, args, {
    cwd: "/",
    env: nodeEnvironment,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    timeout: timeoutMs,
  });
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  child.on("message", (_message, handle) => resolve(handle as Server));
  child.on("error", reject).on("exit", (code) => reject(new Error(`it ended with ${code ?? "a signal"}`)));
  try {
    return await promise;
  } catch (cause) {
    throw nodeError("The nodes cannot be let in", cause);
  }
}
