import type { DecisionStep } from "../../../access/decision.ts";
import { decideRunAsAtService } from "../../../access/run-as.ts";
import { bindParameters } from "../../../documents/parameters.ts";
import type { AgentReading } from "../../../documents/read-as-agent.ts";
import type { Refusal } from "../../../documents/refusal.ts";
import {
  type ResolvedSessionDocument,
  resolveSessionDocument,
} from "../../../documents/resolve-session-document.ts";
import { isVersionAbove } from "../../../session/agent-version.ts";
import type { OperationContext, ServiceSettings } from "../../operation.ts";
import { latestVersion } from "./find-document.ts";

/** The session that is asked for. */
export interface SessionRequest {
  readonly target: string;
  /** Name or ARN; undefined: the account's preferences. */
  readonly documentName: string | undefined;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** What the service's answer depends on. */
export type DecisionContext = Pick<OperationContext, "principal" | "accountId" | "state" | "nodes"> & {
  readonly settings: Pick<ServiceSettings, "missingRunAsUserRefusedBy">;
};

/** The service's answer to StartSession, with the document as far as it was found and read. */
export type ServiceDecision =
  | {
      readonly type: "proceed";
      readonly document: ResolvedSessionDocument;
      readonly reading: AgentReading;
      /** Sent to the node as `RunAsUser`. */
      readonly runAsUser: string;
      readonly steps: readonly DecisionStep[];
    }
  | {
      readonly type: "refused";
      /** AWS's error code and message. */
      readonly code: string;
      readonly text: string;
      readonly document?: ResolvedSessionDocument;
      readonly reading?: AgentReading;
      readonly steps: readonly DecisionStep[];
    };

/**
 * The service's half of a session, checked in this order: the document, the target, the service's half of Run As.
 * @see aws-api reference, section 2.1
 */
export function decideSessionAtService(request: SessionRequest, context: DecisionContext): ServiceDecision {
  const document = findDocument(request.documentName, context);
  if (document.type === "refused") return { ...document, steps: [] };
  const reading = bindParameters(document.content, request.parameters);
  if (reading.type === "refused") return { ...reading, document, steps: [] };
  const refusal =
    findUnconnected(request.target, context) ?? findUnsupported(reading, request.target, context);
  if (refusal !== undefined) return { type: "refused", ...refusal, document, reading, steps: [] };
  if (reading.type === "unparsable") return { type: "proceed", document, reading, runAsUser: "", steps: [] };

  if (reading.document.sessionType === "Port") {
    return { type: "proceed", document, reading, runAsUser: "", steps: byService(ignoresRunAs) };
  }
  const { steps, ...runAs } = decideRunAsAtService({
    principal: context.principal,
    preferences: reading.document.inputs,
    refuseMissingUser: context.settings.missingRunAsUserRefusedBy === "service",
  });
  return runAs.outcome === "refused"
    ? { type: "refused", code: "BadRequest", text: runAs.message, document, reading, steps }
    : { type: "proceed", document, reading, runAsUser: runAs.runAsUser, steps };
}

/**
 * Sessions take a document's newest version, whichever is the default; so the guide's way of changing preferences, one
 * UpdateDocument, takes effect.
 * @see aws/session-manager-plugin issue 112; user guide, "Update Session Manager preferences (command line)"
 */
function findDocument(
  name: string | undefined,
  { accountId, state }: DecisionContext,
): ResolvedSessionDocument | Refusal {
  return resolveSessionDocument({
    name,
    accountId,
    accountDocument: (wanted) => {
      const record = state.documents.get(wanted);
      return record && { documentType: record.documentType, ...latestVersion(record) };
    },
    preferencesOfBuiltIns: "merge",
  });
}

type AwsError = { readonly code: string; readonly text: string };

/** @see agent-behaviour reference, section 1.6 */
const ignoresRunAs = "port sessions ignore Run As: the agent, which is root, connects";

function findUnconnected(target: string, { nodes }: DecisionContext): AwsError | undefined {
  if (nodes.get(target)?.pingStatus === "Online") return undefined;
  return { code: "TargetNotConnected", text: `${target} is not connected.` };
}

/** The last agent that does not forward to other hosts. @see agent-behaviour reference, section 5 */
const lastWithoutRemoteHosts = "3.1.1373.0";

/** @unverified The end of the text; public traces have its beginning only. */
function findUnsupported(
  reading: AgentReading,
  target: string,
  { nodes }: DecisionContext,
): AwsError | undefined {
  if (reading.type === "unparsable" || reading.document.sessionType !== "Port") return undefined;
  const agentVersion = nodes.get(target)?.agentVersion ?? "";
  const { host } = reading.document.properties;
  if (!host || isVersionAbove(agentVersion, lastWithoutRemoteHosts)) return undefined;
  return {
    code: "BadRequest",
    text: "The version of the SSM agent installed on this instance doesn't support port forwarding to remote hosts. Update the SSM agent to version 3.1.1374.0 or later.",
  };
}

function byService(finding: string): readonly DecisionStep[] {
  return [{ by: "service", finding }];
}
