import type { Duplex, Writable } from "node:stream";
import type { ProcessExit } from "../../agent/managed-node.ts";
import type { NodeProgram } from "../node-exec.ts";
import { engineOutput } from "./engine-output.ts";

/** A frame begins with its stream's type. @see Docker Engine API, ContainerAttach, "Stream format" */
const lastStreamType = 2;

/** A program in a container, on the connection that the engine has made of its pipes. */
export class DockerProgram implements NodeProgram {
  onOutput: (piece: Buffer, from: "stdout" | "stderr") => void = () => {};
  onEnd: () => void = () => {};
  readonly exit: () => Promise<ProcessExit | undefined>;
  readonly #stream: Duplex;

  constructor(stream: Duplex, exit: () => Promise<ProcessExit | undefined> = async () => undefined) {
    this.#stream = stream;
    this.exit = exit;
    const output = engineOutput((piece, from) => this.onOutput(piece, from));
    let isFramed: boolean | undefined;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    stream
      .on("data", (chunk: Buffer) => {
        // What goes wrong before the program runs, the engine says in plain words.
        isFramed ??= chunk.readUInt8() <= lastStreamType;
        if (isFramed) output.push(chunk);
        else this.onOutput(chunk, "stderr");
      })
      .on("end", resolve)
      .on("close", resolve)
      .on("error", () => resolve());
    void ended.then(() => this.onEnd());
  }

  get input(): Writable {
    return this.#stream;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  destroy(): void {
    this.#stream.destroy();
  }
}
