import { Type } from "typebox";
import { operation } from "../operation.ts";
import { listAnswer } from "./shared/list-answer.ts";
import { paging, UserName } from "./shared/schemas.ts";
import { tagMembers } from "./shared/tags.ts";
import { findUser } from "./shared/user.ts";

/** Tags by key. @see API_ListUserTags */
export const listUserTags = operation({
  service: "iam",
  name: "ListUserTags",
  input: Type.Object({ UserName: UserName, ...paging }),
  handle(input, context) {
    const user = findUser(context, input.UserName);
    return listAnswer("Tags", tagMembers(user.tags), input, [user.userId]);
  },
});
