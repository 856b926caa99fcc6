import type { Server } from "node:net";
import { systemClock } from "../../clock.ts";
import { nodeError } from "../node-error.ts";
import { startInside } from "./start-inside.ts";

const timeoutMs = 15_000;

/**
 * Listens in another network namespace: a process that enters it opens the socket and hands it over.
 * @param entrance words before a program that is to run there
 * @throws ManagedNodeError
 */
export async function listenInside(
  entrance: readonly string[],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const child = startInside(entrance, "network-listener", [host, String(port)]);
  const cancel = systemClock.at(systemClock.now() + timeoutMs, () => child.kill("SIGKILL"));
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  child.on("message", (_message, handle) => resolve(handle as Server));
  child.on("error", reject).on("exit", (code) => reject(new Error(`it ended with ${code ?? "a signal"}`)));
  try {
    return await promise;
  } catch (cause) {
    throw nodeError("The nodes cannot be let in", cause);
  } finally {
    cancel();
  }
}
