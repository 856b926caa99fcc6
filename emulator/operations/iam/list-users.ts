import { Type } from "typebox";
import { operation } from "../operation.ts";
import { listAnswer, sortedBy } from "./shared/list-answer.ts";
import { PathPrefix, paging } from "./shared/schemas.ts";
import { presentUser } from "./shared/user.ts";

/** Users by name, without their tags. @see API_ListUsers */
export const listUsers = operation({
  service: "iam",
  name: "ListUsers",
  input: Type.Object({ PathPrefix: Type.Optional(PathPrefix), ...paging }),
  handle(input, context) {
    const { PathPrefix: prefix = "/" } = input;
    const users = sortedBy(context.state.users.values(), (user) => user.userName)
      .filter((user) => user.path.startsWith(prefix))
      .map((user) => presentUser(context, user));
    return listAnswer("Users", users, input, [prefix]);
  },
});
