import { isoSeconds } from "../../../iso-date.ts";
import type { OperationContext } from "../../operation.ts";
import type { RoleRecord } from "../../ports/iam-records.ts";
import { iamExceptions } from "./exceptions.ts";
import { checkName } from "./names.ts";
import { tagMembers } from "./tags.ts";

/** MaxSessionDuration of a role that names none, in seconds. @see API_CreateRole */
export const defaultMaxSessionSeconds = 3600;

/** @see aws-api reference, section 2.7, "ARNs" */
export function roleArn(accountId: string, role: RoleRecord): string {
  return `arn:aws:iam::${accountId}:role${role.path}${role.roleName}`;
}

/**
 * The role of that name, whatever its case.
 * @throws ServiceException NoSuchEntity, ValidationError for a name that cannot be one
 */
export function findRole(context: OperationContext, roleName: string): RoleRecord {
  checkName("roleName", roleName);
  const role = context.state.roles.get(roleName.toLowerCase());
  if (role === undefined) throw iamExceptions.noSuchRole(roleName);
  return role;
}

/** What all three answers about a role have. @see aws-api reference, section 2.6, "Recorded shapes" */
function presentBareRole(context: OperationContext, role: RoleRecord): object {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: roleArn(context.accountId, role),
    CreateDate: isoSeconds(role.createdAt),
    AssumeRolePolicyDocument: percentEncode(role.assumeRolePolicyDocument),
    ...(role.description !== undefined && { Description: role.description }),
  };
}

function presentRoleTags(role: RoleRecord): object {
  return role.tags.length > 0 ? { Tags: tagMembers(role.tags) } : {};
}

/** A role as CreateRole shows it. */
export function presentNewRole(context: OperationContext, role: RoleRecord): object {
  return { ...presentBareRole(context, role), ...presentRoleTags(role) };
}

/** A role as GetRole shows it; its last use is not tracked. */
export function presentRole(context: OperationContext, role: RoleRecord): object {
  return { ...presentListedRole(context, role), ...presentRoleTags(role), RoleLastUsed: {} };
}

/** A role as ListRoles shows it. */
export function presentListedRole(context: OperationContext, role: RoleRecord): object {
  return { ...presentBareRole(context, role), MaxSessionDuration: role.maxSessionDurationSeconds };
}

/** RFC 3986 escapes five characters more than `encodeURIComponent`. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
