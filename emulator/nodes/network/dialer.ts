import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { SocketAddress } from "../../agent/managed-node.ts";
import { ManagedNodeError } from "../../errors.ts";
import type { DialAnswer } from "./network-dialer.ts";
import { startInside } from "./start-inside.ts";

/**
 * Connects to TCP ports from a node's network: a process that has entered it makes the connections and hands their sockets
 * over, so that this process then reads and writes them itself. It is started by the first one.
 */
export class Dialer {
  readonly #entrance: readonly string[];
  readonly #pending = new Map<number, (answer: Socket | ManagedNodeError) => void>();
  #child: ChildProcess | undefined;
  #lastId = 0;

  /** @param entrance words before a program that is to run in the node's network */
  constructor(entrance: readonly string[]) {
    this.#entrance = entrance;
  }

  /** @returns a connected socket that is paused @throws ManagedNodeError with the system's code */
  async connect({ address, port }: SocketAddress): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const id = ++this.#lastId;
    this.#pending.set(id, (answer) =>
      answer instanceof ManagedNodeError ? reject(answer) : resolve(answer),
    );
    this.#child ??= this.#start();
    this.#child.send({ id, address, port });
    return await promise;
  }

  close(): void {
    this.#child?.kill("SIGKILL");
  }

  #start(): ChildProcess {
    const child = startInside(this.#entrance, "network-dialer");
    child.on("message", ({ id, error }: DialAnswer, socket) => {
      const answer = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) answer?.(socket as Socket);
      else answer?.(new ManagedNodeError(error.message, { cause: error, code: error.code }));
    });
    const lose = (cause: unknown) => {
      if (this.#child === child) this.#child = undefined;
      const lost = new ManagedNodeError("The node's dialler has ended", { cause });
      for (const answer of this.#pending.values()) answer(lost);
      this.#pending.clear();
    };
    child.on("error", lose).on("exit", lose).on("disconnect", lose);
    // A fleet that is forgotten keeps no process alive.
    child.unref();
    child.channel?.unref();
    return child;
  }
}
