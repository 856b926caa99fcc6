import type { Principal } from "../access/principal.ts";
import { type Account, principalOf, rootPrincipal } from "../operations/principals.ts";
import type { AuthFailure } from "./auth-failure.ts";
import { type SignatureOptions, type SigningCredentials, verifySignature } from "./signature.ts";
import { readSignatureParts } from "./signature-parts.ts";
import type { SignedRequest } from "./signed-request.ts";

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
