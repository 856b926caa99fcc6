import Value from "typebox/value";
import type { Principal, Tag } from "../access/principal.ts";
import { decideSessionTags } from "../access/session-tags.ts";
import type { EpochMillis } from "../clock.ts";
import { TagList } from "./iam/shared/schemas.ts";
import { type Account, principalOf, rolePrincipal, rootPrincipal, userPrincipal } from "./principals.ts";
import { stsExceptions } from "./sts/shared/exceptions.ts";

/** Somebody who could call, in the words of a person. */
export interface PersonaRequest {
  /** `root`, an IAM user's name, `role/NAME`, or the id of an access key or of temporary credentials. */
  readonly as: string;
  /** Session tags, for a role only. */
  readonly sessionTags: readonly Tag[];
  /** Session name, for a role only; the role's own name when undefined. */
  readonly roleSessionName: string | undefined;
}

export type PersonaFinding =
  | { readonly type: "found"; readonly principal: Principal }
  /** `message` says what is wrong, and what is known. */
  | { readonly type: "refused"; readonly message: string };

const rolePrefix = "role/";
/** @see API_AssumeRole, "RoleSessionName" */
const roleSessionNamePattern = /^[\w+=,.@-]{2,64}$/;

/**
 * The principal that a caller would be. A role is taken as assumed, whatever its trust policy says, with session tags as
 * STS would take them.
 */
export function findPersona(request: PersonaRequest, account: Account, now: EpochMillis): PersonaFinding {
  const { as } = request;
  if (as.startsWith(rolePrefix)) return findRoleSession(request, account);
  if (request.sessionTags.length > 0 || request.roleSessionName !== undefined) {
    return refused(`Only a role has session tags and a session name; ${as} is none. Write role/NAME.`);
  }
  const principal = as === "root" ? rootPrincipal(account) : userPrincipal(account, as);
  return principal === undefined ? findByKey(as, account, now) : { type: "found", principal };
}

function findByKey(accessKeyId: string, account: Account, now: EpochMillis): PersonaFinding {
  const principal = principalOf(account, accessKeyId);
  if (principal === undefined) return unknownPersona(accessKeyId, account);
  const { accessKeys, sessionCredentials } = account.state;
  if (accessKeys.get(accessKeyId)?.status === "Inactive") {
    return refused(`The access key ${accessKeyId} is inactive.`);
  }
  const expiresAt = sessionCredentials.get(accessKeyId)?.expiresAt;
  if (expiresAt !== undefined && expiresAt <= now) {
    return refused(`The credentials ${accessKeyId} have expired.`);
  }
  return { type: "found", principal };
}

function findRoleSession(request: PersonaRequest, account: Account): PersonaFinding {
  const role = account.state.roles.get(request.as.slice(rolePrefix.length).toLowerCase());
  if (role === undefined) return unknownPersona(request.as, account);
  const { roleName, roleId } = role;
  const { roleSessionName: sessionName = roleName } = request;
  if (!roleSessionNamePattern.test(sessionName)) {
    return refused(`A role session's name has 2 to 64 letters, digits or any of _+=,.@-, not ${sessionName}`);
  }
  const tags = sessionTagsOf(request.sessionTags, account);
  if (tags.type === "refused") return tags;
  const principal = rolePrincipal(account, {
    type: "assumed-role",
    roleName,
    roleId,
    sessionName,
    sessionTags: tags.tags,
    transitiveTagKeys: [],
    sourceIdentity: undefined,
  });
  return principal === undefined ? unknownPersona(request.as, account) : { type: "found", principal };
}

function sessionTagsOf(
  tags: readonly Tag[],
  account: Account,
): { readonly type: "accepted"; readonly tags: readonly Tag[] } | ReturnType<typeof refused> {
  const written = tags.map(({ key, value }) => ({ Key: key, Value: value }));
  if (!Value.Check(TagList, written)) {
    return refused(
      "STS takes up to 50 session tags; a key has 1 to 128 and a value up to 256 letters, digits, spaces or any of _.:/=+-@.",
    );
  }
  const decision = decideSessionTags({ caller: rootPrincipal(account), tags, transitiveTagKeys: [] });
  if (decision.type === "refused") return refused(stsExceptions.badTags(decision.reason).message);
  return decision;
}

function unknownPersona(as: string, { state }: Account) {
  const users = [...state.users.values()].map(({ userName }) => userName);
  const roles = [...state.roles.values()].map(({ roleName }) => `${rolePrefix}${roleName}`);
  return refused(`There is no persona ${as}. Known: ${["root", ...users, ...roles].join(", ")}.`);
}

function refused(message: string) {
  return { type: "refused", message } as const;
}
