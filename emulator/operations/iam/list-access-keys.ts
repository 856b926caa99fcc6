import { Type } from "typebox";
import { operation } from "../operation.ts";
import { accessKeysOf, presentAccessKey } from "./shared/access-keys.ts";
import { listAnswer } from "./shared/list-answer.ts";
import { paging, UserName } from "./shared/schemas.ts";
import { findUserOrCaller } from "./shared/user.ts";

/** Keys without their secrets, oldest first. @see API_ListAccessKeys */
export const listAccessKeys = operation({
  service: "iam",
  name: "ListAccessKeys",
  input: Type.Object({ UserName: Type.Optional(UserName), ...paging }),
  handle(input, context) {
    const owner = findUserOrCaller(context, input.UserName);
    const keys = accessKeysOf(context, owner).map(presentAccessKey);
    return listAnswer("AccessKeyMetadata", keys, input, [owner?.userName]);
  },
});
