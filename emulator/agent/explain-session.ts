import { explainTags } from "../access/explain-tags.ts";
import type { Explanation } from "../access/explanation.ts";
import { explainInputs } from "../documents/explain-inputs.ts";
import { ManagedNodeError } from "../errors.ts";
import type { NodeDescription } from "../operations/ports/managed-nodes.ts";
import {
  type DecisionContext,
  decideSessionAtService,
  type ServiceDecision,
} from "../operations/ssm/shared/decide-session.ts";
import {
  chooseShellUser,
  decideShell,
  neverAnswered,
  refuseForNodeFailure,
  type ShellDecision,
  type ShellTask,
  type ShellUser,
} from "./decide-shell.ts";
import { isLogGroupEncrypted } from "./log-group-sink.ts";
import type { ManagedNode } from "./managed-node.ts";

/** What a session would be started with, and on what. */
export interface ExplainContext extends DecisionContext {
  readonly node: Pick<ManagedNode, "lookUpUser">;
}

/**
 * Decides a session as StartSession and the node would, with the same functions, but starts nothing and changes
 * nothing: the node is asked about the user at most, and `ssm-user` is not made.
 */
export async function explainSession(
  request: { readonly target: NodeDescription; readonly documentName: string | undefined },
  context: ExplainContext,
): Promise<Explanation> {
  const { target, documentName } = request;
  const decision = decideSessionAtService({ target: target.nodeId, documentName, parameters: {} }, context);
  const { type, arn, userId } = context.principal;
  const { nodeId, name, pingStatus } = target;
  return {
    principal: { type, arn, userId, tags: explainTags(context.principal) },
    target: { nodeId, name, pingStatus },
    ...explainDocument(decision),
    ...(await explainHalves(decision, context)),
  };
}

function explainDocument({ document, reading }: ServiceDecision): Pick<Explanation, "document"> {
  if (document === undefined) return {};
  const { documentName, version } = document;
  const inputs = reading === undefined ? [] : explainInputs(document, reading);
  return { document: { name: documentName, ...(version !== undefined && { version }), inputs } };
}

type Halves = Pick<Explanation, "service" | "node" | "outcome">;

async function explainHalves(decision: ServiceDecision, context: ExplainContext): Promise<Halves> {
  const steps = findings(decision.steps);
  if (decision.type === "refused") {
    const { code, text } = decision;
    return {
      service: { outcome: "refused", steps },
      outcome: { type: "refused", by: "service", code, text },
    };
  }
  const { reading, runAsUser } = decision;
  const service = { outcome: "proceed", runAsUser, steps } as const;
  if (reading.type === "unparsable") {
    const silence = findings(neverAnswered(reading.reason));
    return {
      service,
      node: { outcome: "silent", makesSsmUser: false, steps: silence },
      outcome: { type: "silent", text: silence.join() },
    };
  }
  if (reading.document.sessionType === "Port") {
    const node: Explanation["node"] = { outcome: "run", makesSsmUser: false, steps: [] };
    return { service, node, outcome: { type: "run", user: "root" } };
  }
  const shell = await decideWithoutChange(context.node, {
    document: reading.document,
    runAsUser,
    isLogGroupEncrypted: (groupName) => isLogGroupEncrypted(context.state, groupName),
  });
  return { service, ...explainShell(shell) };
}

type ForeseenShell = ShellDecision | { readonly type: "make-ssm-user"; readonly user: ShellUser };

async function decideWithoutChange(node: ExplainContext["node"], task: ShellTask): Promise<ForeseenShell> {
  const user = chooseShellUser(task);
  if (user.type !== "look-up") return user;
  try {
    const lookup = await node.lookUpUser(user.words);
    if (user.ensureSsmUser && lookup.id.exitCode !== 0) return { type: "make-ssm-user", user };
    return decideShell(user, lookup);
  } catch (error) {
    if (error instanceof ManagedNodeError) return refuseForNodeFailure(error);
    throw error;
  }
}

function explainShell(shell: ForeseenShell): Pick<Explanation, "node" | "outcome"> {
  switch (shell.type) {
    case "refused": {
      const { output, steps } = shell;
      return {
        node: { outcome: "refused", makesSsmUser: false, steps: findings(steps) },
        outcome: { type: "refused", by: "node", text: output },
      };
    }
    case "make-ssm-user": {
      const { userName, steps } = shell.user;
      const finding = `${userName} is missing on the node; the session would make it`;
      return {
        node: { outcome: "run", makesSsmUser: true, steps: [...findings(steps), finding] },
        outcome: { type: "run", user: userName },
      };
    }
    case "run": {
      const { userName, steps, credential, homeDirectory: home = "" } = shell;
      const user = credential && { name: userName, ...credential, groups: [...credential.groups], home };
      return {
        node: {
          outcome: "run",
          ...(user !== undefined && { user }),
          makesSsmUser: false,
          steps: findings(steps),
        },
        outcome: { type: "run", user: userName },
      };
    }
  }
}

function findings(steps: ServiceDecision["steps"]): string[] {
  return steps.map(({ finding }) => finding);
}
