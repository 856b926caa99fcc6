import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Clock } from "../clock.ts";

/** Of a connection on this machine. */
const timeoutMs = 1_000;

/**
 * Connects to a Unix socket of a node's helper. Nothing is said to anybody there who does not say the token first: a node's
 * root may have put something else in the place.
 * @returns the socket, paused; undefined where there is none, or it is not the helper's
 */
export async function connectHelperLine(
  path: string,
  token: string,
  clock: Clock,
): Promise<Socket | undefined> {
  const socket = connect(path);
  // Whatever happens to it, it is closed then.
  socket.on("error", () => {});
  const cancel = clock.at(clock.now() + timeoutMs, () => socket.destroy());
  const isClosed = once(socket, "close");
  try {
    let said: Buffer | null = null;
    while (said === null && !socket.destroyed) {
      await Promise.race([once(socket, "readable"), isClosed]);
      said = socket.read(token.length);
    }
    if (said?.toString() === token) return socket;
  } catch {
    // There is nobody, or it broke.
  } finally {
    cancel();
  }
  socket.destroy();
  return undefined;
}
