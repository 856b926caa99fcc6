import { Type } from "typebox";
import { operation } from "../operation.ts";
import { accessKeysOf } from "./shared/access-keys.ts";
import { iamExceptions } from "./shared/exceptions.ts";
import { changeIssuedSessions } from "./shared/issued-sessions.ts";
import { UserName } from "./shared/schemas.ts";
import { findUser } from "./shared/user.ts";

/** Deletes a user who has no access keys, and ends the temporary credentials made for them. @see API_DeleteUser */
export const deleteUser = operation({
  service: "iam",
  name: "DeleteUser",
  input: Type.Object({ UserName: UserName }),
  handle(input, context) {
    const user = findUser(context, input.UserName);
    if (accessKeysOf(context, user).length > 0) throw iamExceptions.userHasAccessKeys();
    context.state.users.delete(user.userName.toLowerCase());
    changeIssuedSessions(context.state, (subject) =>
      subject.type === "user" && subject.userName === user.userName ? undefined : subject,
    );
    return {};
  },
});
