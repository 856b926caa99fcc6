import type { Socket } from "node:net";
import { ManagedNodeError } from "../../errors.ts";
import type { Connection, ConnectionSink } from "../node-processes.ts";

/** A socket of this process's own as a connection of a node. */
export function socketConnection(socket: Socket, sink: ConnectionSink): Connection {
  socket
    .on("data", (bytes) => sink.onData(bytes))
    .on("end", () => sink.onEnd())
    .on("error", (error: NodeJS.ErrnoException) => sink.onError(told(error)));
  socket.pause();
  return {
    write: (bytes) => settled((done) => socket.write(bytes, done)),
    finish: () => settled((done) => socket.end(done)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    destroy: () => {
      socket.removeAllListeners("data").removeAllListeners("end");
      socket.destroy();
    },
  };
}

function settled(act: (done: (error?: Error | null) => void) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  act((error) => (error ? reject(told(error)) : resolve()));
  return promise;
}

function told(cause: NodeJS.ErrnoException): ManagedNodeError {
  const { code, message } = cause;
  return new ManagedNodeError(message, { cause, ...(code !== undefined && { code }) });
}
