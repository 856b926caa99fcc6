import { type TrustAction, type TrustRequest, trustPolicyAllows } from "../../../access/trust-policy.ts";
import { roleArn } from "../../iam/shared/role.ts";
import type { OperationContext } from "../../operation.ts";
import type { RoleRecord } from "../../ports/iam-records.ts";
import { stsExceptions } from "./exceptions.ts";

/**
 * The role of that ARN, whose trust policy allows every one of `actions`. Identity-based policies are not evaluated.
 * @throws ServiceException ValidationError for text that is no role's ARN; AccessDenied, also when there is no such role
 */
export function findTrustingRole(
  context: OperationContext,
  arn: string,
  actions: readonly ["sts:AssumeRole", ...TrustAction[]],
  request: TrustRequest,
): RoleRecord {
  const name = /^arn:[\w-]+:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (name === undefined) throw stsExceptions.notAnArn(arn);
  const role = context.state.roles.get(name.toLowerCase());
  const policy = role && roleArn(context.accountId, role) === arn ? role.assumeRolePolicyDocument : "";
  const denied = actions.find((action) => !trustPolicyAllows(policy, action, request));
  if (role === undefined || denied !== undefined) {
    throw stsExceptions.notAuthorized(context.principal.arn, denied ?? "sts:AssumeRole", arn);
  }
  return role;
}

/** `aws:PrincipalArn`: a role session goes by the ARN of its role, which has the path. */
export function principalArn({ principal, state, accountId }: OperationContext): string {
  if (principal.type !== "assumed-role") return principal.arn;
  const role = state.roles.get(principal.roleName.toLowerCase());
  return role === undefined
    ? `arn:aws:iam::${principal.accountId}:role/${principal.roleName}`
    : roleArn(accountId, role);
}
