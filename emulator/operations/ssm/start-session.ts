import { type Static, Type } from "typebox";
import type { Decision } from "../../access/decision.ts";
import { sessionOwnerName } from "../../access/principal.ts";
import { decideRunAsAtService } from "../../access/run-as.ts";
import { bindParameters } from "../../documents/parameters.ts";
import type { AgentReading } from "../../documents/read-as-agent.ts";
import type { Refusal } from "../../documents/refusal.ts";
import {
  type ResolvedSessionDocument,
  resolveSessionDocument,
} from "../../documents/resolve-session-document.ts";
import { ServiceException } from "../../errors.ts";
import { type OperationContext, operation } from "../operation.ts";
import { latestVersion } from "./shared/find-document.ts";
import { streamUrl } from "./shared/stream-url.ts";

const StartSessionRequest = Type.Object({
  Target: Type.String({ minLength: 1, maxLength: 400 }),
  DocumentName: Type.Optional(Type.String({ pattern: "^[a-zA-Z0-9_\\-.:/]{3,128}$" })),
  Reason: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  Parameters: Type.Optional(
    Type.Record(
      Type.String({ minLength: 1, maxLength: 255 }),
      Type.Array(Type.String({ minLength: 1, maxLength: 65_535 })),
    ),
  ),
});

/**
 * Starts a session on a managed node. Checked in this order: the document, the target, the service's half of Run As.
 * @see API_StartSession; aws-api reference, section 2.1
 */
export const startSession = operation({
  service: "ssm",
  name: "StartSession",
  input: StartSessionRequest,
  handle(input, context) {
    const { documentName, document } = findDocument(input, context);
    refuseUnlessConnected(input.Target, context);
    const { runAsUser, decision } = decideRunAs(document, context);
    const sessionId = newSessionId(context);
    const { tokenValue } = context.sessions.start({
      sessionId,
      target: input.Target,
      documentName,
      document,
      runAsUser,
      principal: context.principal,
      reason: input.Reason,
      decision,
    });
    const { region, endpoint, settings } = context;
    return {
      SessionId: sessionId,
      TokenValue: tokenValue,
      StreamUrl: streamUrl({ sessionId, region, endpoint, settings }),
    };
  },
});

/**
 * Sessions take a document's newest version, whichever is the default; so the guide's way of changing preferences, one
 * UpdateDocument, takes effect.
 * @see aws/session-manager-plugin issue 112; user guide, "Update Session Manager preferences (command line)"
 */
function findDocument(
  input: Static<typeof StartSessionRequest>,
  context: OperationContext,
): { readonly documentName: string; readonly document: AgentReading } {
  const resolved: ResolvedSessionDocument | Refusal = resolveSessionDocument({
    name: input.DocumentName,
    accountId: context.accountId,
    accountDocument: (name) => {
      const record = context.state.documents.get(name);
      return record && { documentType: record.documentType, ...latestVersion(record) };
    },
    preferencesOfBuiltIns: "merge",
  });
  if (resolved.type === "refused") throw new ServiceException(resolved.code, resolved.text);

  const document = bindParameters(resolved.content, input.Parameters ?? {});
  if (document.type === "refused") throw new ServiceException(document.code, document.text);
  refuseUnlessEmulated(document);
  return { documentName: resolved.documentName, document };
}

/** What the emulator cannot do it refuses here, in words of its own, instead of pretending. */
function refuseUnlessEmulated(reading: AgentReading): void {
  if (reading.type === "unparsable") return;
  const { sessionType, inputs } = reading.document;
  if (sessionType !== "Standard_Stream") {
    throw new ServiceException(
      "BadRequest",
      `Sessions of type ${sessionType} are not emulated by ssm-emulator yet, only Standard_Stream.`,
    );
  }
  if (inputs.kmsKeyId !== "") {
    throw new ServiceException(
      "BadRequest",
      "KMS encryption (kmsKeyId) is not emulated by ssm-emulator yet.",
    );
  }
}

function refuseUnlessConnected(target: string, { nodes }: OperationContext): void {
  if (nodes.get(target)?.pingStatus === "Online") return;
  throw new ServiceException("TargetNotConnected", `${target} is not connected.`);
}

function decideRunAs(
  reading: AgentReading,
  { principal, settings }: OperationContext,
): { readonly runAsUser: string; readonly decision: Decision } {
  if (reading.type === "unparsable") return { runAsUser: "", decision: { steps: [], outcome: "pending" } };
  const runAs = decideRunAsAtService({
    principal,
    preferences: reading.document.inputs,
    refuseMissingUser: settings.missingRunAsUserRefusedBy === "service",
  });
  if (runAs.outcome === "refused") throw new ServiceException("BadRequest", runAs.message);
  return { runAsUser: runAs.runAsUser, decision: { steps: runAs.steps, outcome: "pending" } };
}

/**
 * Owner, hyphen, 17 hex digits of which the first is 0.
 * @see agent-behaviour reference, section 3, "Session id"
 */
function newSessionId({ principal, random }: OperationContext): string {
  return `${sessionOwnerName(principal)}-0${random.hex(16)}`;
}
