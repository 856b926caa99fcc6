import type { Clock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";
import { agentPath, agentWorkingDirectory } from "./agent-service.ts";
import { Command } from "./command.ts";
import {
  chooseShellUser,
  decideShell,
  refuseForNodeFailure,
  refuseForProgram,
  type ShellDecision,
  type ShellRun,
  type ShellTask,
} from "./decide-shell.ts";
import type { ManagedNode, ProcessOptions } from "./managed-node.ts";
import type { PluginStart, SessionPlugin, SessionPluginHost } from "./session-plugin.ts";
import { Shell } from "./shell.ts";

type Node = Pick<ManagedNode, "ensureSsmUser" | "lookUpUser" | "openTerminal" | "openProcess">;

export interface ShellStartOptions {
  readonly host: SessionPluginHost;
  /** By which the terminal is waited for. */
  readonly realClock: Clock;
}

/**
 * What the agent does on the node between the task and the shell or command, in its order: checks, the node's half of Run
 * As, the program with or without a terminal.
 * @see agent-behaviour reference, sections 1.4, 2.1 to 2.3, 2.7 and 4.5
 */
export async function startShell(
  node: Node,
  task: ShellTask,
  options: ShellStartOptions,
): Promise<PluginStart> {
  try {
    const decision = await decideOnNode(node, task);
    return decision.type === "refused" ? decision : await open(node, decision, task, options);
  } catch (error) {
    if (error instanceof ManagedNodeError) return refuseForNodeFailure(error);
    throw error;
  }
}

async function decideOnNode(node: Node, task: ShellTask): Promise<ShellDecision> {
  const choice = chooseShellUser(task);
  if (choice.type !== "look-up") return choice;
  if (choice.ensureSsmUser) await node.ensureSsmUser();
  return decideShell(choice, await node.lookUpUser(choice.words));
}

/** @see agent-behaviour reference, section 2.2 */
const agentEnvironment = { LANG: "C.UTF-8", PATH: agentPath, TERM: "xterm-256color" };

async function open(
  node: Node,
  run: ShellRun,
  task: ShellTask,
  options: ShellStartOptions,
): Promise<PluginStart> {
  const plugin =
    run.program.output === "terminal"
      ? await openShell(node, run, task, options)
      : await openCommand(node, run, options);
  if ("type" in plugin) return plugin;
  return { type: "started", plugin, userName: run.userName, steps: run.steps };
}

async function openShell(
  node: Node,
  run: ShellRun,
  { document }: ShellTask,
  { host, realClock: clock }: ShellStartOptions,
): Promise<SessionPlugin> {
  const shell = new Shell(await node.openTerminal(processOptions(run)), { clock, host });
  if (document.sessionType === "Standard_Stream") shell.typeProfile(document.inputs.shellProfile.linux);
  return shell;
}

async function openCommand(node: Node, run: ShellRun, { host }: ShellStartOptions) {
  const { output } = run.program;
  const separation = output === "terminal" ? { type: "joined" as const } : output;
  try {
    const joinOutput = separation.type === "joined";
    return new Command(await node.openProcess({ ...processOptions(run), joinOutput }), separation, host);
  } catch (error) {
    if (!(error instanceof ManagedNodeError) || error.code === undefined) throw error;
    return refuseForProgram(run, error.code);
  }
}

function processOptions({ program, homeDirectory, credential }: ShellRun): ProcessOptions {
  return {
    argv: program.argv,
    environment: { ...(homeDirectory !== undefined && { HOME: homeDirectory }), ...agentEnvironment },
    workingDirectory: agentWorkingDirectory,
    credential,
  };
}
