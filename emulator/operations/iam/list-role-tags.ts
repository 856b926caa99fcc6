import { Type } from "typebox";
import { operation } from "../operation.ts";
import { listAnswer } from "./shared/list-answer.ts";
import { findRole } from "./shared/role.ts";
import { paging, RoleName } from "./shared/schemas.ts";
import { tagMembers } from "./shared/tags.ts";

/** Tags by key. @see API_ListRoleTags */
export const listRoleTags = operation({
  service: "iam",
  name: "ListRoleTags",
  input: Type.Object({ RoleName: RoleName, ...paging }),
  handle(input, context) {
    const role = findRole(context, input.RoleName);
    return listAnswer("Tags", tagMembers(role.tags), input, [role.roleId]);
  },
});
