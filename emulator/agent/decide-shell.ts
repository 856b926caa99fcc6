import type { DecisionStep } from "../access/decision.ts";
import { chooseUserOnNode, decideRunAsOnNode, type NodeRunAsChoice, rootAgent } from "../access/run-as.ts";
import type { Credential, UserLookup } from "../access/user-lookup.ts";
import type { SessionInputs } from "../documents/session-document.ts";
import type { ManagedNodeError } from "../errors.ts";
import { bucketNotChecked, logGroupNotEncrypted, startFailure } from "./failure-texts.ts";

/** What the agent is to open a shell for. */
export interface ShellTask {
  readonly inputs: SessionInputs;
  /** The caller's tag, `""` without one. */
  readonly runAsUser: string;
  readonly isLogGroupEncrypted: (groupName: string) => boolean;
}

export interface ShellRefusal {
  readonly type: "refused";
  /** What the client is told. */
  readonly output: string;
  /** The agent sleeps before it reports a failed start, but not before a failed check of the logs. */
  readonly delayed: boolean;
  readonly steps: readonly DecisionStep[];
}

export type ShellDecision =
  | ShellRefusal
  | {
      readonly type: "run";
      /** `""`: nobody else than the agent. */
      readonly userName: string;
      readonly credential: Credential | undefined;
      /** Undefined: no HOME is set. */
      readonly homeDirectory: string | undefined;
      readonly steps: readonly DecisionStep[];
    };

/** The user that is to be looked up on the node. */
export type ShellUser = Extract<NodeRunAsChoice, { type: "look-up" }>;

/**
 * What the agent decides before it asks the node: checks of the log destinations, then whom to look up.
 * @see agent-behaviour reference, sections 1.4 and 4.5
 */
export function chooseShellUser(task: ShellTask): ShellDecision | ShellUser {
  const { inputs, runAsUser } = task;
  const logRefusal = checkLogDestinations(inputs, task.isLogGroupEncrypted);
  if (logRefusal !== undefined) {
    return { type: "refused", output: logRefusal, delayed: false, steps: byNode(logRefusal) };
  }
  const choice = chooseUserOnNode({ ...inputs, runAsUser }, rootAgent);
  switch (choice.type) {
    case "look-up":
      return choice;
    case "refuse":
      return refused(choice.message, choice.steps);
    case "keep-agent-user":
      return {
        type: "run",
        userName: "",
        credential: undefined,
        homeDirectory: undefined,
        steps: choice.steps,
      };
  }
}

/** What the agent decides about the user that it looked up. */
export function decideShell(user: ShellUser, lookup: UserLookup): ShellDecision {
  const decision = decideRunAsOnNode(user, lookup);
  if (decision.outcome === "refused") return refused(decision.message, decision.steps);
  const { userName, credential, homeDirectory, steps } = decision;
  return { type: "run", userName, credential, homeDirectory, steps };
}

/** A node that could not be asked, or opens no terminal. */
export function refuseForNodeFailure({ message }: ManagedNodeError): ShellRefusal {
  return refused(`Failed to start pty: ${message}\n`, byNode(`the node failed: ${message}`));
}

/** A document that the agent cannot parse is only logged on the node. @see agent-behaviour reference, section 1.6 */
export function neverAnswered(reason: string): readonly DecisionStep[] {
  return byNode(`the agent cannot parse the session document and never answers: ${reason}`);
}

function refused(message: string, steps: readonly DecisionStep[]): ShellRefusal {
  return { type: "refused", output: startFailure(message), delayed: true, steps };
}

function checkLogDestinations(
  inputs: SessionInputs,
  isLogGroupEncrypted: (groupName: string) => boolean,
): string | undefined {
  if (inputs.s3BucketName !== "" && inputs.s3EncryptionEnabled) return bucketNotChecked;
  const { cloudWatchLogGroupName, cloudWatchEncryptionEnabled } = inputs;
  if (cloudWatchLogGroupName === "" || !cloudWatchEncryptionEnabled) return undefined;
  return isLogGroupEncrypted(cloudWatchLogGroupName) ? undefined : logGroupNotEncrypted;
}

function byNode(finding: string): readonly DecisionStep[] {
  return [{ by: "node", finding }];
}
