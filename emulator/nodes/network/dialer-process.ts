import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { SocketAddress } from "../../agent/managed-node.ts";
import { systemClock } from "../../clock.ts";
import { ManagedNodeError } from "../../errors.ts";
import type { DialerWords, DialRequest } from "./network-dialer.ts";
import { startInside } from "./start-inside.ts";

/** A busy machine takes a while; nothing takes this long. */
const startTimeoutMs = 15_000;

/** A process in a node's network that makes connections and hands their sockets over, so that this one reads and writes them. */
export class DialerProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (answer: Socket | ManagedNodeError) => void>();
  #lastId = 0;

  /** @returns undefined where it cannot enter @param onLost it was inside, and has ended */
  static async start(entrance: readonly string[], onLost: () => void): Promise<DialerProcess | undefined> {
    const child = startInside(entrance, "network-dialer");
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const fail = () => resolve(false);
    child
      .once("message", () => resolve(true))
      .on("error", fail)
      .once("exit", fail);
    const cancel = systemClock.at(systemClock.now() + startTimeoutMs, () => child.kill("SIGKILL"));
    const isInside = await promise;
    cancel();
    return isInside ? new DialerProcess(child, onLost) : undefined;
  }

  private constructor(child: ChildProcess, onLost: () => void) {
    this.#child = child;
    child.on("message", (words: DialerWords, socket) => {
      if (words.error === undefined) this.#answer(words.id, socket as Socket);
      else {
        const { message, code } = words.error;
        this.#answer(words.id, new ManagedNodeError(message, { cause: words.error, code }));
      }
    });
    child.once("disconnect", () => {
      onLost();
      for (const id of this.#pending.keys()) this.#answer(id, lost("it let go of its channel"));
    });
    // A fleet that is forgotten keeps no process alive.
    child.unref();
    child.channel?.unref();
  }

  /** @returns a connected socket that is paused @throws ManagedNodeError with the system's code */
  async connect({ address, port }: SocketAddress): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const id = ++this.#lastId;
    this.#pending.set(id, (answer) =>
      answer instanceof ManagedNodeError ? reject(answer) : resolve(answer),
    );
    this.#child.send({ id, address, port } satisfies DialRequest, (error) => {
      if (error !== null) this.#answer(id, lost(error));
    });
    return await promise;
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }

  #answer(id: number, answer: Socket | ManagedNodeError): void {
    const settle = this.#pending.get(id);
    this.#pending.delete(id);
    settle?.(answer);
  }
}

function lost(cause: unknown): ManagedNodeError {
  return new ManagedNodeError("The node's dialler has ended", { cause });
}
