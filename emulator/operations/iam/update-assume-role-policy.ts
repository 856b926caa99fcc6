import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findRole } from "./shared/role.ts";
import { PolicyDocument, RoleName } from "./shared/schemas.ts";
import { checkTrustDocument } from "./shared/trust-document.ts";

/** @see API_UpdateAssumeRolePolicy */
export const updateAssumeRolePolicy = operation({
  service: "iam",
  name: "UpdateAssumeRolePolicy",
  input: Type.Object({ RoleName: RoleName, PolicyDocument: PolicyDocument }),
  handle(input, context) {
    const role = findRole(context, input.RoleName);
    checkTrustDocument(context, input.PolicyDocument);
    context.state.roles.put(role.roleName.toLowerCase(), {
      ...role,
      assumeRolePolicyDocument: input.PolicyDocument,
    });
    return {};
  },
});
