import type { AssumedRolePrincipal, UserPrincipal } from "../../emulator/access/principal.ts";
import { accountId } from "./operation-context.ts";

export function userPrincipal(userName: string): UserPrincipal {
  return {
    type: "user",
    accountId,
    arn: `arn:aws:iam::${accountId}:user/${userName}`,
    userId: `AIDA${userName.toUpperCase()}`,
    userName,
    tags: [],
  };
}

export function rolePrincipal(
  roleName: string,
  overrides: Partial<AssumedRolePrincipal> = {},
): AssumedRolePrincipal {
  return {
    type: "assumed-role",
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/work`,
    userId: `AROA${roleName.toUpperCase()}:work`,
    roleName,
    sessionName: "work",
    roleTags: [],
    sessionTags: [],
    transitiveTagKeys: [],
    ...overrides,
  };
}
