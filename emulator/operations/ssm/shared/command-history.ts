import type { EpochMillis } from "../../../clock.ts";
import type { AccountState } from "../../ports/account-state.ts";
import type { CommandRecord, InvocationRecord } from "../../ports/command-record.ts";

/** @see user guide, "Understanding command statuses": 30 days of history */
export const commandHistoryMs = 30 * 24 * 60 * 60 * 1000;

/** What an operation has to know to find commands. */
export interface CommandHistory {
  readonly state: AccountState;
  readonly now: EpochMillis;
}

/** The commands of the last 30 days, newest first. */
export function listRecentCommands({ state, now }: CommandHistory): readonly CommandRecord[] {
  return [...state.commands.values()]
    .filter((command) => isRecent(command, now))
    .reverse()
    .sort((a, b) => b.requestedAt - a.requestedAt);
}

/** A command of the last 30 days by its id. */
export function findRecentCommand(commandId: string, { state, now }: CommandHistory) {
  const command = state.commands.get(commandId);
  return command !== undefined && isRecent(command, now) ? command : undefined;
}

/** A command on one node. */
export function findInvocation(command: CommandRecord, nodeId: string): InvocationRecord | undefined {
  return command.invocations.find((invocation) => invocation.nodeId === nodeId);
}

function isRecent({ requestedAt }: CommandRecord, now: EpochMillis): boolean {
  return requestedAt > now - commandHistoryMs;
}
