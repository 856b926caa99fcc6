import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";

/** A TCP server on a free port of loopback. */
export async function startServer(
  onConnection: (socket: Socket) => void,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export function startEchoServer() {
  return startServer((socket) => void socket.pipe(socket));
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  await using server = await startServer(() => {});
  return server.port;
}

/** A program that talks over one connection. */
export class LocalProgram implements Disposable {
  readonly socket: Socket;
  #received = Buffer.alloc(0);

  constructor(where: { readonly port: number } | { readonly path: string }) {
    this.socket = connect({ ...where, allowHalfOpen: true });
    this.socket.on("error", () => {});
  }

  send(data: string | Uint8Array): this {
    this.socket.write(data);
    return this;
  }

  /** Everything received, once it is so long. */
  async receive(length: number): Promise<Buffer> {
    while (this.#received.length < length) {
      const chunk: Buffer | null = this.socket.read();
      if (chunk === null) await once(this.socket, "readable");
      else this.#received = Buffer.concat([this.#received, chunk]);
    }
    return this.#received;
  }

  /** Resolves with all that came when the other side has closed. */
  async rest(): Promise<string> {
    return this.#received.toString() + (await text(this.socket));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server does not listen");
  return address.port;
}
