import { Type } from "typebox";
import { isoSeconds } from "../../iso-date.ts";
import { type OperationContext, operation } from "../operation.ts";
import { UserName } from "./shared/schemas.ts";
import { findUserOrCaller, presentUserWithTags } from "./shared/user.ts";

/** Without a name it tells about the caller. @see API_GetUser */
export const getUser = operation({
  service: "iam",
  name: "GetUser",
  input: Type.Object({ UserName: Type.Optional(UserName) }),
  handle(input, context) {
    const user = findUserOrCaller(context, input.UserName);
    return { User: user === undefined ? presentRoot(context) : presentUserWithTags(context, user) };
  },
});

/** The root has neither name nor path, and our account was not created at any time, so the epoch stands in. */
function presentRoot({ accountId }: OperationContext): object {
  return { UserId: accountId, Arn: `arn:aws:iam::${accountId}:root`, CreateDate: isoSeconds(0) };
}
