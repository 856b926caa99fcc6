import { Type } from "typebox";
import { operation } from "../operation.ts";
import { defaultMaxSessionSeconds, findRole } from "./shared/role.ts";
import { MaxSessionDuration, RoleDescription, RoleName } from "./shared/schemas.ts";

/**
 * A duration that is left out goes back to one hour, as the API reference says; a description stays.
 * @unverified UpdateRole on AWS with each left out would settle both.
 * @see API_UpdateRole
 */
export const updateRole = operation({
  service: "iam",
  name: "UpdateRole",
  input: Type.Object({
    RoleName: RoleName,
    Description: Type.Optional(RoleDescription),
    MaxSessionDuration: Type.Optional(MaxSessionDuration),
  }),
  handle(input, context) {
    const role = findRole(context, input.RoleName);
    context.state.roles.put(role.roleName.toLowerCase(), {
      ...role,
      description: input.Description ?? role.description,
      maxSessionDurationSeconds: input.MaxSessionDuration ?? defaultMaxSessionSeconds,
    });
    return {};
  },
});
