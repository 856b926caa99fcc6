import type { EpochMillis } from "../../clock.ts";

/** A command that was sent to nodes, as the API shows it. What its status is follows from its invocations. */
export interface CommandRecord {
  /** Lower-case UUID. */
  readonly commandId: string;
  readonly documentName: string;
  /** As the caller gave it: a number as text, or `$DEFAULT` or `$LATEST`. */
  readonly documentVersion: string;
  readonly comment: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** Those that the caller named. */
  readonly instanceIds: readonly string[];
  readonly targets: readonly CommandTarget[];
  readonly requestedAt: EpochMillis;
  /** For delivery. */
  readonly timeoutSeconds: number;
  /** When a node that has not answered by then is given up. */
  readonly expiresAt: EpochMillis;
  /** A count, or a share of the nodes such as `10%`. */
  readonly maxConcurrency: string;
  /** The same. */
  readonly maxErrors: string;
  /** Cancelled on all its nodes, while it ran on one. */
  readonly isCancelled: boolean;
  /** One for each node. */
  readonly invocations: readonly InvocationRecord[];
}

/** Nodes by a tag, or by id. */
export interface CommandTarget {
  readonly key: string;
  readonly values: readonly string[];
}

/** A command on one node. */
export interface InvocationRecord {
  readonly nodeId: string;
  /** Its host name. */
  readonly nodeName: string;
  readonly state: InvocationState;
  /** When the node began with it. */
  readonly startedAt: EpochMillis | undefined;
  readonly endedAt: EpochMillis | undefined;
  /** The script's exit code; -1 while there is none. */
  readonly responseCode: number;
  /** At most 24 000 bytes. */
  readonly standardOutput: string;
  /** At most 8 000 characters. */
  readonly standardError: string;
  /** Both in at most 2 500 bytes. */
  readonly output: string;
}

/** The API's StatusDetails, from which its Status follows. @see API_GetCommandInvocation, StatusDetails */
export type InvocationState =
  | "Pending"
  | "InProgress"
  | "Cancelling"
  | "Success"
  | "Failed"
  | "ExecutionTimedOut"
  | "DeliveryTimedOut"
  | "Cancelled"
  /** Never sent, because too many other nodes had failed. */
  | "Terminated";

const openStates: readonly InvocationState[] = ["Pending", "InProgress", "Cancelling"];

/** True while the invocation's state can change. */
export function isOpen({ state }: Pick<InvocationRecord, "state">): boolean {
  return openStates.includes(state);
}

/** True when the node failed in a way that counts against MaxErrors. @see API_Command, ErrorCount */
export function isError({ state }: Pick<InvocationRecord, "state">): boolean {
  return state === "Failed" || state === "ExecutionTimedOut";
}
