import type { CommandRecord } from "./command-record.ts";

/** What the service hands to the nodes' agents at SendCommand. */
export interface RunCommandTask {
  /** All its invocations are pending. */
  readonly command: CommandRecord;
  readonly script: ShellScript;
}

export interface ShellScript {
  /** Lines with their ends. */
  readonly text: string;
  /** `""` when the caller named none. */
  readonly workingDirectory: string;
  readonly executionTimeoutMs: number;
}

/** Runs commands on nodes; the records are in the account's state. */
export interface CommandControl {
  /** Keeps the record and begins to send. @throws ServiceException when too much runs already */
  run(task: RunCommandTask): void;
  /** Ends the command on these nodes, or on all; harmless where it has ended. */
  cancel(commandId: string, nodeIds?: readonly string[]): void;
}
