import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findRole } from "./shared/role.ts";
import { RoleName, TagKeyList } from "./shared/schemas.ts";
import { removeTags } from "./shared/tags.ts";

/** @see API_UntagRole */
export const untagRole = operation({
  service: "iam",
  name: "UntagRole",
  input: Type.Object({ RoleName: RoleName, TagKeys: TagKeyList }),
  handle(input, context) {
    const role = findRole(context, input.RoleName);
    const tags = removeTags(role.tags, input.TagKeys);
    context.state.roles.put(role.roleName.toLowerCase(), { ...role, tags });
    return {};
  },
});
