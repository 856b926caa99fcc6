import type { DecisionStep } from "../access/decision.ts";
import { chooseUserOnNode, decideRunAsOnNode, rootAgent } from "../access/run-as.ts";
import type { Credential } from "../access/user-lookup.ts";
import type { SessionInputs } from "../documents/session-document.ts";
import { ManagedNodeError } from "../errors.ts";
import { bucketNotChecked, logGroupNotEncrypted, startFailure } from "./failure-texts.ts";
import type { ManagedNode, TerminalProcess } from "./managed-node.ts";

export type ShellStart =
  | {
      readonly type: "started";
      readonly terminal: TerminalProcess;
      readonly userName: string;
      readonly steps: readonly DecisionStep[];
    }
  | {
      readonly type: "refused";
      /** What the client is told. */
      readonly output: string;
      /** The agent sleeps before it reports a failed start, but not before a failed check of the logs. */
      readonly delayed: boolean;
      readonly steps: readonly DecisionStep[];
    };

/**
 * What the agent does on the node between the task and the shell, in its order: checks of the log destinations, the
 * node's half of Run As, the shell on a terminal.
 * @see agent-behaviour reference, sections 1.4, 2.1 to 2.3 and 4.5
 */
export async function startShell(
  node: ManagedNode,
  task: {
    readonly inputs: SessionInputs;
    readonly runAsUser: string;
    readonly isLogGroupEncrypted: (groupName: string) => boolean;
  },
): Promise<ShellStart> {
  const { inputs } = task;
  const logRefusal = checkLogDestinations(inputs, task.isLogGroupEncrypted);
  if (logRefusal !== undefined) {
    return { type: "refused", output: logRefusal, delayed: false, steps: byNode(logRefusal) };
  }
  try {
    return await startAsDecided(node, { ...inputs, runAsUser: task.runAsUser });
  } catch (error) {
    if (!(error instanceof ManagedNodeError)) throw error;
    const finding = `the node failed: ${error.message}`;
    return {
      type: "refused",
      output: startFailure(`Failed to start pty: ${error.message}\n`),
      delayed: true,
      steps: byNode(finding),
    };
  }
}

async function startAsDecided(
  node: ManagedNode,
  task: { readonly runAsEnabled: boolean; readonly runAsDefaultUser: string; readonly runAsUser: string },
): Promise<ShellStart> {
  const choice = chooseUserOnNode(task, rootAgent);
  if (choice.type === "refuse") return refused(choice.message, choice.steps);
  if (choice.type === "keep-agent-user") {
    return started(node, { userName: "", credential: undefined, environment: {}, steps: choice.steps });
  }
  if (choice.ensureSsmUser) await node.ensureSsmUser();
  const decision = decideRunAsOnNode(choice, await node.lookUpUser(choice.words));
  if (decision.outcome === "refused") return refused(decision.message, decision.steps);
  return started(node, { ...decision, environment: { HOME: decision.homeDirectory } });
}

function refused(message: string, steps: readonly DecisionStep[]): ShellStart {
  return { type: "refused", output: startFailure(message), delayed: true, steps };
}

/** The agent service's own PATH, as recorded from the real agent. */
const agentEnvironment = {
  LANG: "C.UTF-8",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  TERM: "xterm-256color",
};

/** `WorkingDirectory` of the packaged service unit. */
const agentWorkingDirectory = "/usr/bin";

async function started(
  node: ManagedNode,
  shell: {
    readonly userName: string;
    readonly credential: Credential | undefined;
    readonly environment: Readonly<Record<string, string>>;
    readonly steps: readonly DecisionStep[];
  },
): Promise<ShellStart> {
  const terminal = await node.openTerminal({
    argv: ["sh"],
    environment: { ...shell.environment, ...agentEnvironment },
    workingDirectory: agentWorkingDirectory,
    credential: shell.credential,
  });
  return { type: "started", terminal, userName: shell.userName, steps: shell.steps };
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
