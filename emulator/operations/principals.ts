import type { Principal } from "../access/principal.ts";
import type { AccountState } from "./ports/account-state.ts";
import type { SessionSubject } from "./ports/iam-records.ts";

/** The account a request speaks to. */
export interface Account {
  readonly accountId: string;
  readonly state: AccountState;
}

/** Whom an access key stands for, with the tags that user or role has now; undefined for an unknown key. */
export function principalOf(account: Account, accessKeyId: string): Principal | undefined {
  const key = account.state.accessKeys.get(accessKeyId);
  if (key !== undefined) {
    return key.userName === undefined ? rootPrincipal(account) : userPrincipal(account, key.userName);
  }
  const subject = account.state.sessionCredentials.get(accessKeyId)?.subject;
  switch (subject?.type) {
    case undefined:
      return undefined;
    case "root":
      return rootPrincipal(account);
    case "user":
      return userPrincipal(account, subject.userName);
    case "assumed-role":
      return rolePrincipal(account, subject);
  }
}

/** The account itself. */
export function rootPrincipal({ accountId }: Account): Principal {
  return { type: "root", accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId };
}

/** The IAM user of that name, in whatever case; undefined when there is none. */
export function userPrincipal({ accountId, state }: Account, name: string): Principal | undefined {
  const user = state.users.get(name.toLowerCase());
  if (user === undefined) return undefined;
  const { userName, userId, path, tags } = user;
  return {
    type: "user",
    accountId,
    arn: `arn:aws:iam::${accountId}:user${path}${userName}`,
    userId,
    userName,
    tags,
  };
}

/** The session of a role; undefined when the role it was made from is gone. */
export function rolePrincipal(
  { accountId, state }: Account,
  subject: Extract<SessionSubject, { readonly type: "assumed-role" }>,
): Principal | undefined {
  const role = state.roles.get(subject.roleName.toLowerCase());
  // A new role of the same name does not inherit the old one's sessions.
  if (role?.roleId !== subject.roleId) return undefined;
  const { sessionName, sessionTags, transitiveTagKeys } = subject;
  return {
    type: "assumed-role",
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
    userId: `${role.roleId}:${sessionName}`,
    roleName: role.roleName,
    sessionName,
    roleTags: role.tags,
    sessionTags,
    transitiveTagKeys,
  };
}
