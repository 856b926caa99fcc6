import { Type } from "typebox";
import { ServiceException } from "../../errors.ts";
import { operation } from "../operation.ts";
import { hasEnded } from "./shared/session-state.ts";

/**
 * Ends a session for good. An unknown id and a second call succeed, as they did for years.
 * @see API_TerminateSession; aws-api reference, section 2.1
 */
export const terminateSession = operation({
  service: "ssm",
  name: "TerminateSession",
  input: Type.Object({ SessionId: Type.String({ minLength: 1, maxLength: 96 }) }),
  handle({ SessionId }, { state, sessions, settings }) {
    const session = state.sessions.get(SessionId);
    if (session !== undefined && hasEnded(session) && settings.repeatedTerminate === "fails") {
      throw new ServiceException("ValidationException", "Session is not in a valid state");
    }
    sessions.terminate(SessionId);
    return { SessionId };
  },
});
