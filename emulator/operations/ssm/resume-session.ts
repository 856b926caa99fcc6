import { Type } from "typebox";
import { ServiceException } from "../../errors.ts";
import { operation } from "../operation.ts";
import { streamUrl } from "./shared/stream-url.ts";

/**
 * A fresh token for a session whose connection was lost. For an ended session the answer has an empty token, which
 * makes the plugin say that the session timed out.
 * @see API_ResumeSession; data-channel reference, section 12
 * @unverified The texts for an unknown session and for a caller who did not start it; a recorded answer of each.
 */
export const resumeSession = operation({
  service: "ssm",
  name: "ResumeSession",
  input: Type.Object({ SessionId: Type.String({ minLength: 1, maxLength: 96 }) }),
  handle({ SessionId }, { principal, state, sessions, region, endpoint, settings }) {
    const session = state.sessions.get(SessionId);
    if (session === undefined) {
      throw new ServiceException("DoesNotExistException", `Session ${SessionId} does not exist`);
    }
    if (session.ownerUserId !== principal.userId) {
      throw new ServiceException(
        "AccessDeniedException",
        `User: ${principal.arn} is not authorized to perform: ssm:ResumeSession on session ${SessionId}`,
      );
    }
    return {
      SessionId,
      TokenValue: sessions.resume(SessionId)?.tokenValue ?? "",
      StreamUrl: streamUrl({ sessionId: SessionId, region, endpoint, settings }),
    };
  },
});
