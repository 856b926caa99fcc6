import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findRole } from "./shared/role.ts";
import { RoleName, TagList } from "./shared/schemas.ts";
import { writeTags } from "./shared/tags.ts";

/** @see API_TagRole */
export const tagRole = operation({
  service: "iam",
  name: "TagRole",
  input: Type.Object({ RoleName: RoleName, Tags: TagList }),
  handle(input, context) {
    const role = findRole(context, input.RoleName);
    const tags = writeTags(role.tags, input.Tags);
    context.state.roles.put(role.roleName.toLowerCase(), { ...role, tags });
    return {};
  },
});
