import { randomInt } from "node:crypto";
import { ManagedNodeError } from "../errors.ts";

/**
 * Marks by which all processes of a session are known on a node: a value of RLIMIT_MSGQUEUE in bytes. Limits are inherited
 * over fork, exec, setsid and sudo, `/proc/PID/limits` is readable without any capability, and the mark, a little under the
 * kernel's default of 819200, takes nothing from anyone. A process can leave its mark only by lowering its own hard limit.
 * @see getrlimit(2), RLIMIT_MSGQUEUE; proc(5), /proc/pid/limits
 */
export class SessionMarks {
  /** Three digits, so that two emulators on one node do not end each other's sessions; three more make a mark. */
  readonly prefix: string;
  readonly #inUse = new Set<number>();
  #last = marksPerNode - 1;

  constructor(prefix = randomInt(500, 819)) {
    this.prefix = String(prefix);
  }

  /** @throws ManagedNodeError when the node has 1000 sessions already */
  take(): string {
    if (this.#inUse.size === marksPerNode) {
      throw new ManagedNodeError(`The node has ${marksPerNode} open sessions, more are not possible`, {
        cause: "no mark is free",
      });
    }
    do this.#last = (this.#last + 1) % marksPerNode;
    while (this.#inUse.has(this.#last));
    this.#inUse.add(this.#last);
    return this.prefix + String(this.#last).padStart(3, "0");
  }

  release(mark: string): void {
    this.#inUse.delete(Number(mark.slice(this.prefix.length)));
  }
}

const marksPerNode = 1000;
