import type { DecisionStep } from "../access/decision.ts";
import { chooseUserOnNode, decideRunAsOnNode, type NodeRunAsChoice, rootAgent } from "../access/run-as.ts";
import type { Credential, UserLookup } from "../access/user-lookup.ts";
import {
  type CommandProperties,
  type OutputSeparation,
  readCommandProperties,
  readOutputSeparation,
} from "../documents/command-properties.ts";
import type { SessionDocument, SessionInputs } from "../documents/session-document.ts";
import { splitWords } from "../documents/split-words.ts";
import type { ManagedNodeError } from "../errors.ts";
import type { OutputKind } from "../session/output-kind.ts";
import {
  bucketNotChecked,
  logGroupNotEncrypted,
  programFailure,
  startFailure,
  unableToStart,
} from "./failure-texts.ts";

/** What the agent is to open a shell or run a command for. */
export interface ShellTask {
  readonly document: Pick<SessionDocument, "sessionType" | "inputs" | "properties">;
  /** The caller's tag, `""` without one. */
  readonly runAsUser: string;
  readonly isLogGroupEncrypted: (groupName: string) => boolean;
}

export interface StartRefusal {
  readonly type: "refused";
  /** What the client is told. */
  readonly output: string;
  /** The agent sleeps before it reports a failed start, but not before a failed check. */
  readonly delayed: boolean;
  /** What a command session shows ahead of the end; the agent sleeps once more before it. */
  readonly shown?: readonly { readonly text: string; readonly kind: OutputKind }[];
  readonly steps: readonly DecisionStep[];
}

/** What is to be run: in a terminal, or with pipes for its output. */
export interface ShellProgram {
  readonly argv: readonly string[];
  readonly output: "terminal" | OutputSeparation;
}

export interface ShellRun {
  readonly type: "run";
  readonly program: ShellProgram;
  /** `""`: nobody else than the agent. */
  readonly userName: string;
  readonly credential: Credential | undefined;
  /** Undefined: no HOME is set. */
  readonly homeDirectory: string | undefined;
  readonly steps: readonly DecisionStep[];
}

export type ShellDecision = StartRefusal | ShellRun;

/** The user that is to be looked up on the node, and what is to be run as that user. */
export type ShellUser = Extract<NodeRunAsChoice, { type: "look-up" }> & {
  readonly program: ShellProgram;
};

/**
 * What the agent decides before it asks the node, in its order: the document's properties, the log destinations, the words
 * of the command, then whom to look up.
 * @see agent-behaviour reference, sections 1.4, 2.7 and 4.5
 */
export function chooseShellUser(task: ShellTask): ShellDecision | ShellUser {
  const { document, runAsUser, isLogGroupEncrypted } = task;
  const command = document.sessionType === "Standard_Stream" ? undefined : readCommandProperties(document);
  if (command !== undefined && "type" in command) return failedCheck(command.text);
  const logRefusal = checkLogDestinations(document.inputs, isLogGroupEncrypted);
  if (logRefusal !== undefined) return failedCheck(logRefusal);
  const program = chooseProgram(document, command);
  if ("type" in program) return program;
  if (command?.runAsElevated) return runElevated(program);
  const choice = chooseUserOnNode({ ...document.inputs, runAsUser }, rootAgent);
  switch (choice.type) {
    case "look-up":
      return { ...choice, program };
    case "refuse":
      return refused(choice.message, choice.steps, program);
    case "keep-agent-user":
      return {
        type: "run",
        program,
        userName: "",
        credential: undefined,
        homeDirectory: undefined,
        steps: choice.steps,
      };
  }
}

/** What the agent decides about the user that it looked up. */
export function decideShell(user: ShellUser, lookup: UserLookup): ShellDecision {
  const { program } = user;
  const decision = decideRunAsOnNode(user, lookup);
  if (decision.outcome === "refused") return refused(decision.message, decision.steps, program);
  const { userName, credential, homeDirectory, steps } = decision;
  return { type: "run", program, userName, credential, homeDirectory, steps };
}

/** A node that could not be asked, or opens no terminal. */
export function refuseForNodeFailure({ message }: ManagedNodeError): StartRefusal {
  return refused(`Failed to start pty: ${message}\n`, byNode(`the node failed: ${message}`));
}

/**
 * A command whose program cannot be run. The session ends without a text of its own, as the agent loses it.
 * @see agent-behaviour reference, sections 2.7 and 2.8
 */
export function refuseForProgram(run: ShellRun, code: string | undefined): StartRefusal {
  const text = programFailure(run.program.argv[0] ?? "", code);
  const isSeparate = run.program.output !== "terminal" && run.program.output.type === "separate";
  return {
    type: "refused",
    output: "",
    delayed: false,
    shown: [
      ...(isSeparate ? [{ text: "EXIT_CODE: 1", kind: "exit-code" } as const] : []),
      { text, kind: "stderr" },
    ],
    steps: [...run.steps, ...byNode(text)],
  };
}

/** A document that the agent cannot parse is only logged on the node. @see agent-behaviour reference, section 1.6 */
export function neverAnswered(reason: string): readonly DecisionStep[] {
  return byNode(`the agent cannot parse the session document and never answers: ${reason}`);
}

/** @see agent-behaviour reference, section 2.1 */
function chooseProgram(
  { sessionType }: ShellTask["document"],
  command: CommandProperties | undefined,
): ShellProgram | StartRefusal {
  if (command === undefined) return { argv: ["sh"], output: "terminal" };
  if (sessionType !== "NonInteractiveCommands") {
    return { argv: ["sh", "-c", command.commands], output: "terminal" };
  }
  const output = readOutputSeparation(command);
  if (output.type === "invalid") return failedCheck(output.text);
  const words = splitWords(command.commands);
  const problem = "problem" in words ? words.problem : words.length === 0 ? noWords : undefined;
  const program = { argv: "problem" in words ? [] : words, output };
  if (problem === undefined) return program;
  return refused(`Failed to parse commands input: ${problem}\n`, byNode(problem), program);
}

/**
 * Nothing but a comment.
 * @unverified The agent indexes an empty list there and its worker dies; a session of the real one would show what follows.
 */
const noWords = "no command was given";

/** Row a of the table. @see agent-behaviour reference, section 1.4 */
function runElevated(program: ShellProgram): ShellRun {
  return {
    type: "run",
    program,
    userName: "root",
    credential: undefined,
    homeDirectory: "/root",
    steps: byNode("the document says runAsElevated: Run As, tag and default user are ignored"),
  };
}

function failedCheck(text: string): StartRefusal {
  return { type: "refused", output: text, delayed: false, steps: byNode(text) };
}

/** A command session shows the reason twice. @see agent-behaviour reference, section 2.7 */
function refused(message: string, steps: readonly DecisionStep[], program?: ShellProgram): StartRefusal {
  const isPiped = program !== undefined && program.output !== "terminal";
  return {
    type: "refused",
    output: startFailure(message),
    delayed: true,
    ...(isPiped && { shown: [{ text: unableToStart(message), kind: "stderr" }] }),
    steps,
  };
}

/** @see amazon-ssm-agent `agent/session/shell/shell.go`, validate */
function checkLogDestinations(
  inputs: SessionInputs,
  isLogGroupEncrypted: (groupName: string) => boolean,
): string | undefined {
  const { cloudWatchLogGroupName: group, s3BucketName: bucket } = inputs;
  if (group !== "" && inputs.cloudWatchEncryptionEnabled && !isLogGroupEncrypted(group)) {
    return logGroupNotEncrypted;
  }
  return bucket !== "" && inputs.s3EncryptionEnabled ? bucketNotChecked : undefined;
}

function byNode(finding: string): readonly DecisionStep[] {
  return [{ by: "node", finding }];
}
