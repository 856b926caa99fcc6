import { Duplex } from "node:stream";
import type { Connection, ConnectionSink } from "./node-processes.ts";

/** Makes a connection that gives what it has to `sink`. */
export type Connect = (sink: ConnectionSink) => Promise<Connection>;

/** A connection of a node as a stream; what is written while it is still connecting waits. */
export class NodeSocket extends Duplex {
  readonly #connection: Promise<Connection>;
  /** Undefined while connecting. */
  #connected: Connection | undefined;
  #isWanted = false;

  constructor(connect: Connect) {
    super({ allowHalfOpen: false });
    this.#connection = connect({
      onData: (bytes) => {
        if (!this.push(bytes)) this.#connected?.pause();
      },
      onEnd: () => this.push(null),
      onError: (error) => this.destroy(error),
    });
    this.#connection.then(
      (connection) => this.#onConnect(connection),
      (error: Error) => this.destroy(error),
    );
  }

  override _read(): void {
    this.#isWanted = true;
    this.#connected?.resume();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#connection.then((connection) => connection.write(bytes)).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.then((connection) => connection.finish()).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connected?.destroy();
    done(error);
  }

  #onConnect(connection: Connection): void {
    if (this.destroyed) {
      connection.destroy();
      return;
    }
    this.#connected = connection;
    this.emit("connect");
    if (this.#isWanted) connection.resume();
  }
}
