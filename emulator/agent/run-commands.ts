import type { Clock } from "../clock.ts";
import { ServiceException } from "../errors.ts";
import type { AccountState } from "../operations/ports/account-state.ts";
import type { CommandControl, RunCommandTask } from "../operations/ports/command-control.ts";
import { isOpen } from "../operations/ports/command-record.ts";
import type { NodeDescription } from "../operations/ports/managed-nodes.ts";
import type { ManagedNode } from "./managed-node.ts";
import { type CommandNode, CommandRun } from "./run-command/command-run.ts";
import { untilSettled } from "./until-settled.ts";

export interface RunCommandsOptions {
  /** By which commands and deliveries time out. */
  readonly clock: Clock;
  /** Never put forward. */
  readonly realClock: Clock;
  readonly region: string;
  /** The account as it is now; a reset swaps it. */
  readonly state: () => AccountState;
  readonly node: (nodeId: string) => Pick<ManagedNode, "openProcess"> | undefined;
  readonly describe: (nodeId: string) => NodeDescription | undefined;
  readonly onError: (error: unknown, commandId: string) => void;
}

/** Invocations that have not ended; each holds a process on a node, or waits for one. */
const maxOpenInvocations = 1_000;
/** Invocations that the API can tell of; each may hold some 34 KB of output. */
const maxKeptInvocations = 2_000;

/** The commands that run, and the API's door to them. */
export class RunCommands implements CommandControl {
  readonly #options: RunCommandsOptions;
  readonly #runs = new Map<string, CommandRun>();
  #closedDoors = 0;

  constructor(options: RunCommandsOptions) {
    this.#options = options;
  }

  run(task: RunCommandTask): void {
    const { clock, realClock, region, onError } = this.#options;
    const { commandId, invocations } = task.command;
    if (this.#closedDoors > 0) {
      throw new ServiceException("ServiceUnavailableException", "The emulator is ending all commands.");
    }
    const open = [...this.#runs.values()].reduce((sum, { openCount }) => sum + openCount, 0);
    if (open + invocations.length > maxOpenInvocations)
      throw new ServiceException("ThrottlingException", "Rate exceeded");
    const state = this.#options.state();
    forgetOldest(state);
    const run = new CommandRun(task, {
      clock,
      realClock,
      region,
      node: (nodeId) => this.#findNode(nodeId),
      onChange: (record) => state.commands.put(commandId, record),
      onDone: () => this.#runs.delete(commandId),
      onError: (error) => onError(error, commandId),
    });
    this.#runs.set(commandId, run);
    run.begin();
  }

  cancel(commandId: string, nodeIds?: readonly string[]): void {
    this.#runs.get(commandId)?.cancel(nodeIds);
  }

  /** A node is gone, and its scripts with it. */
  nodeLost(nodeId: string): void {
    for (const run of this.#runs.values()) run.nodeLost(nodeId);
  }

  /** Ends all commands, and lets none start until `action` is done, which runs when nothing of them is left. */
  async terminateAll(action: () => Promise<void> = async () => {}): Promise<void> {
    this.#closedDoors += 1;
    try {
      await Promise.all([...this.#runs.values()].map((run) => run.terminate()));
      this.#runs.clear();
      await action();
    } finally {
      this.#closedDoors -= 1;
    }
  }

  /**
   * Resolves when every script that was starting runs, and of every one that was ending nothing is left.
   * @throws ManagedNodeError when that takes more than 30 seconds
   */
  async settled(): Promise<void> {
    await untilSettled(this.#options.realClock, () =>
      [...this.#runs].flatMap(([commandId, run]) =>
        run.busyScripts.map((script) => [commandId, script] as const),
      ),
    );
  }

  #findNode(nodeId: string): CommandNode | undefined {
    const node = this.#options.node(nodeId);
    const description = this.#options.describe(nodeId);
    if (node === undefined || description?.pingStatus !== "Online") return undefined;
    return { node, description };
  }
}

/** Keeps the history from growing without end; commands that run stay. */
function forgetOldest({ commands }: AccountState): void {
  const records = [...commands.values()];
  let surplus = records.reduce((sum, { invocations }) => sum + invocations.length, 0) - maxKeptInvocations;
  for (const { commandId, invocations } of records) {
    if (surplus <= 0) return;
    if (invocations.some(isOpen)) continue;
    commands.delete(commandId);
    surplus -= invocations.length;
  }
}
