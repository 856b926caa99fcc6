import { Type } from "typebox";
import { operation } from "../operation.ts";
import { TagList, UserName } from "./shared/schemas.ts";
import { writeTags } from "./shared/tags.ts";
import { findUser } from "./shared/user.ts";

/** @see API_TagUser */
export const tagUser = operation({
  service: "iam",
  name: "TagUser",
  input: Type.Object({ UserName: UserName, Tags: TagList }),
  handle(input, context) {
    const user = findUser(context, input.UserName);
    const tags = writeTags(user.tags, input.Tags);
    context.state.users.put(user.userName.toLowerCase(), { ...user, tags });
    return {};
  },
});
