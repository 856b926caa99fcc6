import type { Clock } from "../../clock.ts";
import { commandLimit } from "../../operations/command-limit.ts";
import type { RunCommandTask } from "../../operations/ports/command-control.ts";
import {
  type CommandRecord,
  type InvocationRecord,
  isError,
  isOpen,
} from "../../operations/ports/command-record.ts";
import type { NodeDescription } from "../../operations/ports/managed-nodes.ts";
import type { ManagedNode } from "../managed-node.ts";
import { scriptProcess } from "./script-process.ts";
import { ScriptRun } from "./script-run.ts";

/** A node that can be sent a command. */
export interface CommandNode {
  readonly node: Pick<ManagedNode, "openProcess">;
  readonly description: NodeDescription;
}

export interface CommandRunOptions {
  readonly clock: Clock;
  readonly realClock: Clock;
  readonly region: string;
  /** Undefined for a node that is not online. */
  readonly node: (nodeId: string) => CommandNode | undefined;
  /** Called with the record whenever it has changed. */
  readonly onChange: (record: CommandRecord) => void;
  /** Nothing of the command is left, on no node. Called once, unless {@link CommandRun.terminate} was. */
  readonly onDone: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * One command on its nodes: so many at a time, no more once too many have failed, until each has answered or is given up.
 * @see Systems Manager user guide, "Run commands at scale" and "Understanding command statuses"
 */
export class CommandRun {
  readonly #task: RunCommandTask;
  readonly #options: CommandRunOptions;
  readonly #maxConcurrency: number;
  readonly #maxErrors: number;
  readonly #scripts = new Map<string, ScriptRun>();
  #record: CommandRecord;
  #cancelTimers: () => void = () => {};
  #isOver = false;

  constructor(task: RunCommandTask, options: CommandRunOptions) {
    this.#task = task;
    this.#options = options;
    this.#record = task.command;
    const { maxConcurrency, maxErrors, invocations } = task.command;
    this.#maxConcurrency = Math.max(1, commandLimit(maxConcurrency, invocations.length));
    this.#maxErrors = commandLimit(maxErrors, invocations.length);
  }

  /** Nodes on which it has not ended. */
  get openCount(): number {
    return this.#record.invocations.filter(isOpen).length;
  }

  get busyScripts(): readonly ScriptRun[] {
    return [...this.#scripts.values()].filter(({ isBusy }) => isBusy);
  }

  begin(): void {
    const { clock } = this.#options;
    const { requestedAt, timeoutSeconds, expiresAt } = this.#record;
    const cancelDelivery = clock.at(requestedAt + timeoutSeconds * 1_000, () => this.#endDelivery());
    const cancelExpiry = clock.at(expiresAt, () => this.#expire());
    this.#cancelTimers = () => {
      cancelDelivery();
      cancelExpiry();
    };
    this.#changed();
  }

  cancel(nodeIds: readonly string[] | undefined): void {
    if (this.openCount === 0) return;
    if (nodeIds === undefined) this.#record = { ...this.#record, isCancelled: true };
    for (const { nodeId } of this.#record.invocations) {
      if (nodeIds === undefined || nodeIds.includes(nodeId)) this.#cancelOn(nodeId);
    }
    this.#changed();
  }

  /**
   * The node will not answer. Its invocation goes on for the service until the command expires.
   * @see API_Command, ExpiresAfter
   */
  nodeLost(nodeId: string): void {
    this.#scripts.get(nodeId)?.abandon();
  }

  /** Ends it on all nodes; nobody hears of it any more. Resolves when nothing of it is left. */
  async terminate(): Promise<void> {
    this.#isOver = true;
    this.#cancelTimers();
    const scripts = [...this.#scripts.values()];
    for (const script of scripts) script.abandon();
    await Promise.all(scripts.map((script) => script.settled()));
  }

  #cancelOn(nodeId: string): void {
    const invocation = this.#record.invocations.find((each) => each.nodeId === nodeId);
    const script = this.#scripts.get(nodeId);
    if (invocation?.state === "Pending" || (invocation?.state === "InProgress" && script?.isAbandoned)) {
      this.#update(nodeId, { state: "Cancelled", endedAt: this.#options.clock.now() });
    } else if (invocation?.state === "InProgress") {
      this.#update(nodeId, { state: "Cancelling" });
      script?.cancel();
    }
  }

  /** Sends it to as many nodes as may run it now, tells the record, and ends when all have answered. */
  #changed(): void {
    if (this.#isOver) return;
    const { invocations } = this.#record;
    const isFailed = invocations.filter(isError).length > this.#maxErrors;
    const pending = invocations.filter(({ state }) => state === "Pending");
    if (isFailed) this.#endAll(pending, "Terminated");
    else this.#send(pending);
    this.#options.onChange(this.#record);
    if (this.openCount === 0) this.#finish();
  }

  #send(pending: readonly InvocationRecord[]): void {
    let free = this.#maxConcurrency - (this.openCount - pending.length);
    for (const { nodeId } of pending) {
      const target = free > 0 ? this.#options.node(nodeId) : undefined;
      if (target === undefined) continue;
      this.#start(nodeId, target);
      free -= 1;
    }
  }

  #start(nodeId: string, { node, description }: CommandNode): void {
    const { clock, realClock, region, onError } = this.#options;
    const { command, script } = this.#task;
    const { commandId } = command;
    this.#update(nodeId, { state: "InProgress", startedAt: clock.now() });
    const run = new ScriptRun({
      node,
      process: scriptProcess({ commandId, region, node: description, script }),
      executionTimeoutMs: script.executionTimeoutMs,
      clock,
      realClock,
      onResult: (result, endedAt) => {
        this.#update(nodeId, { ...result, endedAt });
        this.#changed();
      },
      onError,
    });
    this.#scripts.set(nodeId, run);
  }

  #endDelivery(): void {
    this.#endAll(
      this.#record.invocations.filter(({ state }) => state === "Pending"),
      "DeliveryTimedOut",
    );
    this.#changed();
  }

  /** Scripts that run have ended by now; what is open is on nodes that are lost. */
  #expire(): void {
    const isLost = ({ nodeId }: InvocationRecord) => this.#scripts.get(nodeId)?.isAbandoned === true;
    this.#endAll(this.#record.invocations.filter(isOpen).filter(isLost), "DeliveryTimedOut");
    this.#changed();
  }

  #endAll(invocations: readonly InvocationRecord[], state: "DeliveryTimedOut" | "Terminated"): void {
    const endedAt = this.#options.clock.now();
    for (const { nodeId } of invocations) this.#update(nodeId, { state, endedAt });
  }

  #update(nodeId: string, change: Partial<InvocationRecord>): void {
    const invocations = this.#record.invocations.map((each) =>
      each.nodeId === nodeId ? { ...each, ...change } : each,
    );
    this.#record = { ...this.#record, invocations };
  }

  #finish(): void {
    this.#isOver = true;
    this.#cancelTimers();
    const scripts = [...this.#scripts.values()];
    void Promise.all(scripts.map((script) => script.settled())).then(() => this.#options.onDone());
  }
}
