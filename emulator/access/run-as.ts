/**
 * The Run As decision, in two halves: what the service settles at StartSession, and what the node settles before
 * the shell starts. Nothing ever falls back: a chosen user that is missing refuses the session.
 * @see agent-behaviour reference, sections 1.1 to 1.6; amazon-ssm-agent `agent/session/shell/shell_unix.go`
 */
import type { SessionInputs } from "../documents/session-document.ts";
import type { DecisionStep } from "./decision.ts";
import { effectiveTags, type Principal } from "./principal.ts";
import { type Credential, readCredential, type UserLookup } from "./user-lookup.ts";

export const runAsTagKey = "SSMSessionRunAs";

/** The user the agent makes for sessions without Run As. */
export const defaultSessionUser = "ssm-user";

type RunAsPreferences = Pick<SessionInputs, "runAsEnabled" | "runAsDefaultUser">;

export type ServiceRunAs =
  | {
      readonly outcome: "proceed";
      /** Sent to the node as `RunAsUser`: the tag's value untouched, `""` without a tag. */
      readonly runAsUser: string;
      readonly steps: readonly DecisionStep[];
    }
  | { readonly outcome: "refused"; readonly message: string; readonly steps: readonly DecisionStep[] };

/**
 * Not found in any public source of the agent, the plugin or the guide; by elimination the service's own text, code
 * `BadRequest`.
 * @unverified A recorded StartSession of an untagged caller with Run As on and no default user would settle it.
 */
export const noRunAsUserMessage =
  "Invalid RunAs username. Set default username in Session Manager Preferences page.";

/**
 * The service's half: reads the caller's tag and refuses when neither a tag nor a default user names anyone.
 * With `refuseMissingUser: false` that refusal is left to the node, whose agent has a text of its own for it.
 * @unverified That the tag's key is matched without regard to case, and its value passed on untrimmed.
 */
export function decideRunAsAtService(request: {
  readonly principal: Principal;
  readonly preferences: RunAsPreferences;
  readonly refuseMissingUser: boolean;
}): ServiceRunAs {
  const { principal, preferences } = request;
  if (!preferences.runAsEnabled) return proceed("", ["Run As is off"]);

  const tag = effectiveTags(principal).find(({ key }) => key.toLowerCase() === runAsTagKey.toLowerCase());
  const findings = [
    "Run As is on",
    tag === undefined
      ? `no tag ${runAsTagKey} on ${principal.arn}`
      : `${tag.source} ${tag.key}=${tag.value} of ${principal.arn}`,
  ];
  if (!isBlank(tag?.value ?? "")) return proceed(tag?.value ?? "", findings);

  if (isBlank(preferences.runAsDefaultUser) && request.refuseMissingUser) {
    return {
      outcome: "refused",
      message: noRunAsUserMessage,
      steps: byService([...findings, "no default user in the preferences"]),
    };
  }
  return proceed("", [...findings, `default user of the preferences: "${preferences.runAsDefaultUser}"`]);
}

function proceed(runAsUser: string, findings: readonly string[]): ServiceRunAs {
  return { outcome: "proceed", runAsUser, steps: byService(findings) };
}

function byService(findings: readonly string[]): readonly DecisionStep[] {
  return findings.map((finding) => ({ by: "service", finding }));
}

/** The agent itself, as far as it matters for Run As. */
export interface AgentProcess {
  /** OS user the agent runs as; `root` unless it was installed otherwise. */
  readonly user: string;
  /** True for an agent inside an ECS task: it never switches users. */
  readonly containerMode: boolean;
}

export const rootAgent: AgentProcess = { user: "root", containerMode: false };

/** What the node must find out before it can decide. */
export type NodeRunAsChoice =
  | { readonly type: "keep-agent-user"; readonly steps: readonly DecisionStep[] }
  | { readonly type: "refuse"; readonly message: string; readonly steps: readonly DecisionStep[] }
  | {
      readonly type: "look-up";
      readonly userName: string;
      /** False without Run As: the name is the agent's own choice and its existence is not asked for. */
      readonly mustExist: boolean;
      /** Make `ssm-user` first when it is missing. */
      readonly ensureSsmUser: boolean;
      /** False when the agent is not root: it only sets HOME. */
      readonly switchUser: boolean;
      /** Arguments for `id`. */
      readonly words: readonly string[];
      readonly steps: readonly DecisionStep[];
    };

/** The node's half, first step: whom to look up. Rows b to g of the reference's table, in its order. */
export function chooseUserOnNode(
  task: RunAsPreferences & { readonly runAsUser: string },
  agent: AgentProcess,
): NodeRunAsChoice {
  if (agent.containerMode) {
    return { type: "keep-agent-user", steps: byNode("an agent in container mode never switches users") };
  }
  const isRoot = agent.user === "root";
  if (!task.runAsEnabled) {
    const userName = isRoot ? defaultSessionUser : agent.user;
    return {
      type: "look-up",
      userName,
      mustExist: false,
      ensureSsmUser: isRoot,
      switchUser: isRoot,
      words: [userName],
      steps: byNode(`without Run As sessions run as ${userName}`),
    };
  }
  const userName = isBlank(task.runAsUser) ? task.runAsDefaultUser : task.runAsUser;
  if (isBlank(userName)) return refuse("please set the RunAs default user");
  if (!isRoot) return refuse("the agent must run as root to use RunAs");
  if (hasShellSyntax(userName)) return refuse(missingUserMessage(userName));
  return {
    type: "look-up",
    userName,
    mustExist: true,
    ensureSsmUser: false,
    switchUser: true,
    words: userName.trim().split(/[ \t]+/),
    steps: byNode(`chosen user: ${userName}`),
  };
}

function refuse(message: string): NodeRunAsChoice {
  return { type: "refuse", message, steps: byNode(message) };
}

export type NodeRunAs =
  | {
      readonly outcome: "run";
      readonly userName: string;
      /** Undefined: the process stays what the agent is. */
      readonly credential: Credential | undefined;
      /** Always below /home, whatever the passwd entry says. */
      readonly homeDirectory: string;
      readonly steps: readonly DecisionStep[];
    }
  | { readonly outcome: "refused"; readonly message: string; readonly steps: readonly DecisionStep[] };

/** The node's half, second step: may the shell run as the user that was looked up? Rows g to l. */
export function decideRunAsOnNode(
  choice: Extract<NodeRunAsChoice, { type: "look-up" }>,
  lookup: UserLookup,
): NodeRunAs {
  const { userName } = choice;
  const refused = (message: string, finding: string): NodeRunAs => ({
    outcome: "refused",
    message,
    steps: [...choice.steps, ...byNode(finding)],
  });
  if (choice.mustExist && lookup.id.exitCode !== 0) {
    return refused(missingUserMessage(userName), `user ${userName} exists on the node: no`);
  }
  const reading = readCredential(lookup);
  if (reading.type === "unreadable") return refused(reading.message, `id ${userName}: ${reading.message}`);

  const { credential } = reading;
  if (credential.uid <= 0 || credential.gid <= 0) {
    return refused(
      "invalid uid and gid",
      `uid ${credential.uid} and gid ${credential.gid}: neither may be 0`,
    );
  }
  return {
    outcome: "run",
    userName,
    credential: choice.switchUser ? credential : undefined,
    homeDirectory: `/home/${userName}`,
    steps: [
      ...choice.steps,
      ...byNode(`user ${userName} exists on the node: uid ${credential.uid}, gid ${credential.gid}`),
    ],
  };
}

function missingUserMessage(userName: string): string {
  return `failed to start pty since RunAs user ${userName} does not exist`;
}

function byNode(finding: string): readonly DecisionStep[] {
  return [{ by: "node", finding }];
}

/**
 * The agent puts the name unquoted into a root shell's text. We never do: a name that a shell would take for more
 * than words is a user that does not exist.
 */
function hasShellSyntax(name: string): boolean {
  return /[^\p{L}\p{N}_.:/=+\-@ \t,]/u.test(name);
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}
