import { Type } from "typebox";
import { operation } from "../operation.ts";
import { changeIssuedSessions } from "./shared/issued-sessions.ts";
import { findRole } from "./shared/role.ts";
import { RoleName } from "./shared/schemas.ts";

/** Deletes a role, and with it the temporary credentials it gave. @see API_DeleteRole */
export const deleteRole = operation({
  service: "iam",
  name: "DeleteRole",
  input: Type.Object({ RoleName: RoleName }),
  handle(input, context) {
    const role = findRole(context, input.RoleName);
    context.state.roles.delete(role.roleName.toLowerCase());
    changeIssuedSessions(context.state, (subject) =>
      subject.type === "assumed-role" && subject.roleId === role.roleId ? undefined : subject,
    );
    return {};
  },
});
