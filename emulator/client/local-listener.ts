import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer, type ListenOptions, type Socket } from "node:net";
import { dirname } from "node:path";
import { ConfigError } from "../errors.ts";
import type { PortProperties } from "../protocol/port-properties.ts";

/** Where local programs connect to. */
export type LocalAddress =
  | { readonly type: "tcp"; readonly port: number }
  | { readonly type: "unix"; readonly path: string };

export interface LocalListener extends AsyncDisposable {
  readonly address: LocalAddress;
}

/** The plugin says `localhost`, which Go takes for IPv4. */
const host = "127.0.0.1";
const maxPort = 65_535;

/**
 * Listens where the session's properties say, on loopback only. Sockets are given out paused; those still open at the
 * end are destroyed.
 * @throws ConfigError with Go's text, as the plugin prints it, when it cannot
 */
export async function listenLocally(
  properties: PortProperties,
  onConnection: (socket: Socket) => void,
): Promise<LocalListener> {
  const where = placeOf(properties);
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    onConnection(socket);
  });
  try {
    server.listen(where.options);
    await once(server, "listening");
  } catch (error) {
    throw new ConfigError(`listen ${where.name}: bind: ${reason(error, where.options.path)}`);
  }
  // A string is the path of a unix socket.
  const bound = server.address() as AddressInfo | string;
  return {
    address: typeof bound === "string" ? { type: "unix", path: bound } : { type: "tcp", port: bound.port },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Place {
  readonly options: ListenOptions;
  /** As Go names it. */
  readonly name: string;
}

/**
 * @unverified Go's texts for a port that is no number or too large; the stock plugin started with such a
 * `localPortNumber` would settle them.
 */
function placeOf({ localConnectionType, localUnixSocket, localPortNumber }: PortProperties): Place {
  if (localConnectionType === "unix") {
    return { options: { path: localUnixSocket }, name: `unix ${localUnixSocket}` };
  }
  const port = Number(localPortNumber);
  if (!/^\d*$/.test(localPortNumber)) {
    throw new ConfigError(`listen tcp: lookup tcp/${localPortNumber}: unknown port`);
  }
  if (port > maxPort) throw new ConfigError(`listen tcp: address ${localPortNumber}: invalid port`);
  return { options: { host, port }, name: `tcp ${host}:${port}` };
}

/** Go's words for system errors. */
const goTexts = {
  EACCES: "permission denied",
  EADDRINUSE: "address already in use",
  ENOENT: "no such file or directory",
} as const;

function reason(error: unknown, path: string | undefined): string {
  // Node says EACCES for a folder that is not there, too.
  if (path !== undefined && path !== "" && !existsSync(dirname(path))) return goTexts.ENOENT;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const known = Object.entries(goTexts).find(([name]) => name === code);
  return known?.[1] ?? "invalid argument";
}
