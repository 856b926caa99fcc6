import type { Socket } from "node:net";
import type { SocketAddress } from "../../agent/managed-node.ts";
import { DialerProcess } from "./dialer-process.ts";

/** Connects to TCP ports from a node's network, with sockets of this process's own. What it takes is started by the first one. */
export class Dialer {
  readonly #entrance: readonly string[];
  /** Undefined where this machine does not let us in. */
  #process: Promise<DialerProcess | undefined> | undefined;

  /** @param entrance words before a program that is to run in the node's network */
  constructor(entrance: readonly string[]) {
    this.#entrance = entrance;
  }

  leadsThrough(entrance: readonly string[]): boolean {
    return entrance.join("\0") === this.#entrance.join("\0");
  }

  /**
   * @returns a connected socket that is paused; undefined where the network cannot be entered
   * @throws ManagedNodeError with the system's code
   */
  async connect(destination: SocketAddress): Promise<Socket | undefined> {
    this.#process ??= DialerProcess.start(this.#entrance, () => {
      this.#process = undefined;
    });
    return await (await this.#process)?.connect(destination);
  }

  close(): void {
    void this.#process?.then((process) => process?.end());
  }
}
