import type { DecisionStep } from "../../../access/decision.ts";
import { decideRunAsAtService } from "../../../access/run-as.ts";
import { bindParameters } from "../../../documents/parameters.ts";
import type { AgentReading } from "../../../documents/read-as-agent.ts";
import type { Refusal } from "../../../documents/refusal.ts";
import {
  type ResolvedSessionDocument,
  resolveSessionDocument,
} from "../../../documents/resolve-session-document.ts";
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
  const refusal = findUnemulated(reading) ?? findUnconnected(request.target, context);
  if (refusal !== undefined) return { type: "refused", ...refusal, document, reading, steps: [] };
  if (reading.type === "unparsable") return { type: "proceed", document, reading, runAsUser: "", steps: [] };

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

/** What the emulator cannot do it refuses here, in words of its own, instead of pretending. */
function findUnemulated(reading: AgentReading): AwsError | undefined {
  if (reading.type === "unparsable") return undefined;
  const { sessionType, inputs } = reading.document;
  if (sessionType !== "Standard_Stream") {
    return {
      code: "BadRequest",
      text: `Sessions of type ${sessionType} are not emulated by ssm-emulator yet, only Standard_Stream.`,
    };
  }
  if (inputs.kmsKeyId === "") return undefined;
  return {
    code: "BadRequest",
    text: "KMS encryption (kmsKeyId) is not emulated by ssm-emulator yet.",
  };
}

function findUnconnected(target: string, { nodes }: DecisionContext): AwsError | undefined {
  if (nodes.get(target)?.pingStatus === "Online") return undefined;
  return { code: "TargetNotConnected", text: `${target} is not connected.` };
}
