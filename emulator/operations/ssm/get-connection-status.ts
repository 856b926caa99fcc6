import { Type } from "typebox";
import { operation } from "../operation.ts";

/** A target there is not counts as one that is not connected. @see aws-api reference, section 2.1 */
export const getConnectionStatus = operation({
  service: "ssm",
  name: "GetConnectionStatus",
  input: Type.Object({ Target: Type.String({ minLength: 1, maxLength: 400 }) }),
  handle({ Target }, { nodes }) {
    const connected = nodes.get(Target)?.pingStatus === "Online";
    return { Target, Status: connected ? "connected" : "notconnected" };
  },
});
