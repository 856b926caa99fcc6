import type { DecisionStep } from "../access/decision.ts";
import { ManagedNodeError } from "../errors.ts";
import {
  chooseShellUser,
  decideShell,
  refuseForNodeFailure,
  type ShellDecision,
  type ShellRefusal,
  type ShellTask,
} from "./decide-shell.ts";
import type { ManagedNode, TerminalProcess } from "./managed-node.ts";

export type ShellStart =
  | {
      readonly type: "started";
      readonly terminal: TerminalProcess;
      readonly userName: string;
      readonly steps: readonly DecisionStep[];
    }
  | ShellRefusal;

/**
 * What the agent does on the node between the task and the shell, in its order: checks of the log destinations, the
 * node's half of Run As, the shell on a terminal.
 * @see agent-behaviour reference, sections 1.4, 2.1 to 2.3 and 4.5
 */
export async function startShell(node: ManagedNode, task: ShellTask): Promise<ShellStart> {
  try {
    const decision = await decideOnNode(node, task);
    return decision.type === "refused" ? decision : await open(node, decision);
  } catch (error) {
    if (error instanceof ManagedNodeError) return refuseForNodeFailure(error);
    throw error;
  }
}

async function decideOnNode(node: ManagedNode, task: ShellTask): Promise<ShellDecision> {
  const choice = chooseShellUser(task);
  if (choice.type !== "look-up") return choice;
  if (choice.ensureSsmUser) await node.ensureSsmUser();
  return decideShell(choice, await node.lookUpUser(choice.words));
}

/** The agent service's own PATH, as recorded from the real agent. */
const agentEnvironment = {
  LANG: "C.UTF-8",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  TERM: "xterm-256color",
};

/** `WorkingDirectory` of the packaged service unit. */
const agentWorkingDirectory = "/usr/bin";

async function open(node: ManagedNode, shell: Extract<ShellDecision, { type: "run" }>): Promise<ShellStart> {
  const { homeDirectory, credential, userName, steps } = shell;
  const terminal = await node.openTerminal({
    argv: ["sh"],
    environment: { ...(homeDirectory !== undefined && { HOME: homeDirectory }), ...agentEnvironment },
    workingDirectory: agentWorkingDirectory,
    credential,
  });
  return { type: "started", terminal, userName, steps };
}
