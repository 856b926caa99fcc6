import type { AgentChannel } from "./agent-channel.ts";
import type { HelperProcesses } from "./helper-processes.ts";
import { MarkScans, type MarkSignal } from "./mark-scans.ts";

/** Signals to what carries a session's mark: sent by the helper where one runs, which starts no program, else by the agent's shell. */
export class SessionSignals {
  readonly #helper: HelperProcesses;
  readonly #channel: AgentChannel;
  readonly #scans = new MarkScans(
    async (signal, marks) =>
      (await this.#helper.signalMarked(signal, marks)) ?? (await this.#channel.signalMarked(signal, marks)),
  );

  constructor(helper: HelperProcesses, channel: AgentChannel) {
    this.#helper = helper;
    this.#channel = channel;
  }

  /** Sends a signal to a session's first process, if it still is that. @throws ManagedNodeError */
  async signalLeader(signal: string, leader: number, mark: string): Promise<void> {
    if ((await this.#helper.signalMarked(signal, [mark], leader)) !== undefined) return;
    await this.#channel.signalLeader(signal, leader, mark);
  }

  /** Sends a signal to all that carries a mark; returns the states of these processes. @throws ManagedNodeError */
  signalMarked(signal: MarkSignal, mark: string): Promise<string[]> {
    return this.#scans.signal(signal, mark);
  }
}
