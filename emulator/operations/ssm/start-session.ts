import { Type } from "typebox";
import { sessionOwnerName } from "../../access/principal.ts";
import { ServiceException } from "../../errors.ts";
import { type OperationContext, operation } from "../operation.ts";
import { decideSessionAtService } from "./shared/decide-session.ts";
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
 * Starts a session on a managed node, if the service has nothing against it.
 * @see API_StartSession; aws-api reference, section 2.1
 */
export const startSession = operation({
  service: "ssm",
  name: "StartSession",
  input: StartSessionRequest,
  handle(input, context) {
    const request = {
      target: input.Target,
      documentName: input.DocumentName,
      parameters: input.Parameters ?? {},
    };
    const decision = decideSessionAtService(request, context);
    if (decision.type === "refused") throw new ServiceException(decision.code, decision.text);
    const sessionId = newSessionId(context);
    const { tokenValue } = context.sessions.start({
      sessionId,
      target: input.Target,
      documentName: decision.document.documentName,
      document: decision.reading,
      runAsUser: decision.runAsUser,
      principal: context.principal,
      reason: input.Reason,
      decision: { steps: decision.steps, outcome: "pending" },
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
 * Owner, hyphen, 17 hex digits of which the first is 0.
 * @see agent-behaviour reference, section 3, "Session id"
 */
function newSessionId({ principal, random }: OperationContext): string {
  return `${sessionOwnerName(principal)}-0${random.hex(16)}`;
}
