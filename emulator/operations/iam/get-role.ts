import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findRole, presentRole } from "./shared/role.ts";
import { RoleName } from "./shared/schemas.ts";

/** @see API_GetRole */
export const getRole = operation({
  service: "iam",
  name: "GetRole",
  input: Type.Object({ RoleName: RoleName }),
  handle: (input, context) => ({ Role: presentRole(context, findRole(context, input.RoleName)) }),
});
