import { Type } from "typebox";
import { operation } from "../operation.ts";
import { listAnswer, sortedBy } from "./shared/list-answer.ts";
import { presentListedRole } from "./shared/role.ts";
import { PathPrefix, paging } from "./shared/schemas.ts";

/** Roles by name, without their tags. @see API_ListRoles */
export const listRoles = operation({
  service: "iam",
  name: "ListRoles",
  input: Type.Object({ PathPrefix: Type.Optional(PathPrefix), ...paging }),
  handle(input, context) {
    const { PathPrefix: prefix = "/" } = input;
    const roles = sortedBy(context.state.roles.values(), (role) => role.roleName)
      .filter((role) => role.path.startsWith(prefix))
      .map((role) => presentListedRole(context, role));
    return listAnswer("Roles", roles, input, [prefix]);
  },
});
