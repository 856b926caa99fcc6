import { commandLimit } from "../../command-limit.ts";
import {
  type CommandRecord,
  type InvocationRecord,
  type InvocationState,
  isError,
  isOpen,
} from "../../ports/command-record.ts";

/** `Status` and `StatusDetails`, which says more of what did not succeed. */
export interface ShownStatus {
  readonly Status: string;
  readonly StatusDetails: string;
}

/** States that are told in the words of another one. @unverified The status of Terminated; a command over MaxErrors would settle it. */
const statuses: Readonly<Partial<Record<InvocationState, string>>> = {
  DeliveryTimedOut: "TimedOut",
  ExecutionTimedOut: "TimedOut",
  Terminated: "Cancelled",
};

/** The status of a command on one node. @see SSM API reference, GetCommandInvocation, "StatusDetails" */
export function invocationStatus({ state }: Pick<InvocationRecord, "state">): ShownStatus {
  return { Status: statuses[state] ?? state, StatusDetails: state };
}

type CommandFacts = Pick<CommandRecord, "invocations" | "isCancelled" | "maxErrors">;

/**
 * The status of a command on all its nodes.
 * @see SSM API reference, Command, "StatusDetails"; a command that found no node: public traces of `aws-ssm-invoke`
 */
export function commandStatus(command: CommandFacts): ShownStatus {
  const { invocations, isCancelled } = command;
  if (invocations.length === 0) return { Status: "Success", StatusDetails: "NoInstancesInTag" };
  if (!invocations.some(isOpen)) return endStatus(command);
  if (isCancelled) return invocationStatus({ state: "Cancelling" });
  const isPending = invocations.every(({ state }) => state === "Pending");
  return invocationStatus({ state: isPending ? "Pending" : "InProgress" });
}

/** @unverified The status of an incomplete command, for which the API has only the detail; one would settle it. */
function endStatus({ invocations, isCancelled, maxErrors }: CommandFacts): ShownStatus {
  const count = (state: InvocationState) => invocations.filter((each) => each.state === state).length;
  const allowed = commandLimit(maxErrors, invocations.length);
  if (isCancelled || count("Cancelled") === invocations.length)
    return invocationStatus({ state: "Cancelled" });
  if (count("Success") === invocations.length) return invocationStatus({ state: "Success" });
  if (invocations.filter(isError).length > allowed)
    return invocationStatus({ state: count("Failed") > 0 ? "Failed" : "ExecutionTimedOut" });
  if (count("DeliveryTimedOut") > allowed) return invocationStatus({ state: "DeliveryTimedOut" });
  return { Status: "Failed", StatusDetails: "Incomplete" };
}
