import { Type } from "typebox";
import { operation } from "../operation.ts";

/** Never denied. @see API_GetCallerIdentity */
export const getCallerIdentity = operation({
  service: "sts",
  name: "GetCallerIdentity",
  input: Type.Object({}),
  handle: (_input, { principal }) => ({
    UserId: principal.userId,
    Account: principal.accountId,
    Arn: principal.arn,
  }),
});
