import { Type } from "typebox";
import { operation } from "../operation.ts";
import { TagKeyList, UserName } from "./shared/schemas.ts";
import { removeTags } from "./shared/tags.ts";
import { findUser } from "./shared/user.ts";

/** @see API_UntagUser */
export const untagUser = operation({
  service: "iam",
  name: "UntagUser",
  input: Type.Object({ UserName: UserName, TagKeys: TagKeyList }),
  handle(input, context) {
    const user = findUser(context, input.UserName);
    const tags = removeTags(user.tags, input.TagKeys);
    context.state.users.put(user.userName.toLowerCase(), { ...user, tags });
    return {};
  },
});
