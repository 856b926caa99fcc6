import { Type } from "typebox";
import { type OperationContext, operation } from "../operation.ts";
import type { UserRecord } from "../ports/iam-records.ts";
import { accessKeysOf } from "./shared/access-keys.ts";
import { iamExceptions } from "./shared/exceptions.ts";
import { changeIssuedSessions } from "./shared/issued-sessions.ts";
import { checkedPath, checkName } from "./shared/names.ts";
import { NewName, Path, UserName } from "./shared/schemas.ts";
import { findUser } from "./shared/user.ts";

/** Renames or moves a user, who keeps id, keys and tags. @see API_UpdateUser */
export const updateUser = operation({
  service: "iam",
  name: "UpdateUser",
  input: Type.Object({
    UserName: UserName,
    NewPath: Type.Optional(Path),
    NewUserName: Type.Optional(NewName),
  }),
  handle(input, context) {
    const user = findUser(context, input.UserName);
    const { NewUserName: userName = user.userName, NewPath: path = user.path } = input;
    checkName("userName", userName);
    const holder = context.state.users.get(userName.toLowerCase());
    if (holder !== undefined && holder.userId !== user.userId) throw iamExceptions.userExists(userName);
    replaceUser(context, user, { ...user, userName, path: checkedPath(path) });
    return {};
  },
});

function replaceUser(context: OperationContext, before: UserRecord, after: UserRecord): void {
  const { state } = context;
  for (const key of accessKeysOf(context, before)) {
    state.accessKeys.put(key.accessKeyId, { ...key, userName: after.userName });
  }
  changeIssuedSessions(state, (subject) =>
    subject.type === "user" && subject.userName === before.userName
      ? { ...subject, userName: after.userName }
      : subject,
  );
  state.users.delete(before.userName.toLowerCase());
  state.users.put(after.userName.toLowerCase(), after);
}
