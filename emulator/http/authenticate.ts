import type { Principal } from "../access/principal.ts";
import type { AccountState } from "../operations/ports/account-state.ts";
import type { SessionSubject } from "../operations/ports/iam-records.ts";
import type { AuthFailure } from "./auth-failure.ts";
import { type SignatureOptions, type SigningCredentials, verifySignature } from "./signature.ts";
import { readSignatureParts } from "./signature-parts.ts";
import type { SignedRequest } from "./signed-request.ts";

/** The account a request speaks to. */
export interface Account {
  readonly accountId: string;
  readonly state: AccountState;
}

/** Who makes a request, and in which region. */
export interface Caller {
  readonly principal: Principal;
  readonly region: string;
}

export type Authentication =
  | { readonly type: "authenticated"; readonly caller: Caller }
  | { readonly type: "failed"; readonly failure: AuthFailure };

/** For requests that do not name a region. */
const defaultRegion = "us-east-1";

/** Verifies the request's signature and says who made it. */
export function authenticate(
  request: SignedRequest,
  account: Account,
  options: SignatureOptions,
): Authentication {
  const verdict = verifySignature(request, credentialsOf(account), options);
  if (verdict.type === "failed") return verdict;
  const principal = principalOf(account, verdict.accessKeyId);
  if (principal === undefined) return { type: "failed", failure: { type: "unknown-token" } };
  return { type: "authenticated", caller: { principal, region: verdict.region } };
}

/** Takes the request's word for its access key; without one that is known, it comes from the root. */
export function trustClaimedIdentity(request: SignedRequest, account: Account): Caller {
  const parts = readSignatureParts(request);
  if ("type" in parts) return { principal: rootPrincipal(account), region: defaultRegion };
  return {
    principal: principalOf(account, parts.accessKeyId) ?? rootPrincipal(account),
    region: parts.scope.region,
  };
}

/** Looks up secrets for {@link verifySignature}; a key whose user or role is gone is as good as unknown. */
export function credentialsOf(account: Account): (accessKeyId: string) => SigningCredentials | undefined {
  const { accessKeys, sessionCredentials } = account.state;
  return (accessKeyId) => {
    if (principalOf(account, accessKeyId) === undefined) return undefined;
    const key = accessKeys.get(accessKeyId);
    if (key?.status === "Active") return { secretAccessKey: key.secretAccessKey };
    return key === undefined ? sessionCredentials.get(accessKeyId) : undefined;
  };
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

function rootPrincipal({ accountId }: Account): Principal {
  return { type: "root", accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId };
}

function userPrincipal({ accountId, state }: Account, name: string): Principal | undefined {
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

function rolePrincipal(
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
