import { Type } from "typebox";
import { operation } from "../operation.ts";
import { iamExceptions } from "./shared/exceptions.ts";
import { checkedPath, checkName } from "./shared/names.ts";
import { NewName, Path, TagList } from "./shared/schemas.ts";
import { writeTags } from "./shared/tags.ts";
import { presentUserWithTags } from "./shared/user.ts";

/** Permissions boundaries are not emulated and go unread. @see API_CreateUser */
export const createUser = operation({
  service: "iam",
  name: "CreateUser",
  input: Type.Object({
    UserName: NewName,
    Path: Type.Optional(Path),
    Tags: Type.Optional(TagList),
  }),
  handle(input, context) {
    const { state, random, now } = context;
    checkName("userName", input.UserName);
    const path = checkedPath(input.Path);
    const tags = writeTags([], input.Tags ?? []);
    const key = input.UserName.toLowerCase();
    if (state.users.get(key) !== undefined) throw iamExceptions.userExists(input.UserName);
    const user = {
      userName: input.UserName,
      userId: `AIDA${random.base32(17)}`,
      path,
      createdAt: now,
      tags,
    };
    state.users.put(key, user);
    return { User: presentUserWithTags(context, user) };
  },
});
