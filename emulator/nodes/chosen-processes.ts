import type { UserLookup } from "../access/user-lookup.ts";
import { ManagedNodeError } from "../errors.ts";
import type { ExecProcesses } from "./exec-processes.ts";
import type { HelperProcesses } from "./helper-processes.ts";
import type { NodeProcesses } from "./node-processes.ts";
import type { RunOnNode } from "./node-users.ts";

const maxStarts = 2;

export interface ChosenProcessesOptions {
  readonly helper: HelperProcesses;
  readonly execs: ExecProcesses;
  /** Whether the helper may be used at all. */
  readonly mode: "auto" | "off";
  readonly run: RunOnNode;
  /** Called once, when the node is found to have no use for the helper. */
  readonly onFallback: (reason: string) => void;
}

/** The way to a node's processes: the helper, or the engine's execs where the helper cannot be had, for good. */
export class ChosenProcesses {
  readonly #options: ChosenProcessesOptions;
  #hasFallenBack: boolean;
  #isClosed = false;

  constructor(options: ChosenProcessesOptions) {
    this.#options = options;
    this.#hasFallenBack = options.mode === "off";
  }

  /** @throws ManagedNodeError when the node cannot be reached, or is closed */
  async choose(): Promise<NodeProcesses> {
    const { helper, execs } = this.#options;
    if (this.#isClosed) throw new ManagedNodeError("The node is closed", { cause: "the fleet was closed" });
    for (let starts = 1; !this.#hasFallenBack; starts += 1) {
      try {
        await helper.start();
        return helper;
      } catch (cause) {
        await this.#decide(cause, starts);
      }
    }
    return execs;
  }

  /** Without a program, where the helper runs already and knows; undefined where it takes `id` to tell. */
  async lookUpUser(words: readonly string[]): Promise<UserLookup | undefined> {
    const [name = ""] = words;
    // The rest is for `id` to understand: options, numbers, several names.
    if (this.#hasFallenBack || words.length !== 1 || !/^[A-Za-z_][\w.-]*$/.test(name)) return undefined;
    return await this.#options.helper.lookUpUser(name);
  }

  /** All processes of the node were killed. */
  forget(): void {
    this.#options.helper.forget();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#options.helper.close();
  }

  /** A node that has gone is not one without a helper; and somebody may have killed it while it started. */
  async #decide(cause: unknown, starts: number): Promise<void> {
    const { run, onFallback } = this.#options;
    if (this.#isClosed) throw cause;
    const { exitCode } = await run(["sh", "-c", "command -v python3"]);
    const hasPython = exitCode === 0;
    if (hasPython && starts < maxStarts) return;
    if (this.#hasFallenBack) return;
    this.#hasFallenBack = true;
    onFallback(hasPython && cause instanceof ManagedNodeError ? cause.message : "it has no python3");
  }
}
