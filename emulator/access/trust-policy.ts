import { effectiveTags, type Principal, type Tag } from "./principal.ts";
import { type ConditionValues, conditionHolds } from "./trust-condition.ts";
import { parseTrustPolicy, type TrustStatement } from "./trust-policy-grammar.ts";
import { matchesWildcard } from "./wildcard.ts";

export type TrustAction = "sts:AssumeRole" | "sts:TagSession" | "sts:SetSourceIdentity";

/** A principal's wish to assume a role. */
export interface TrustRequest {
  readonly principal: Principal;
  /** `aws:PrincipalArn`: the ARN of the user or root; for a role session the role's, with its path. */
  readonly principalArn: string;
  readonly roleSessionName: string;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  /** As passed in the request. */
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
}

/**
 * Whether a role's trust policy lets `request.principal` take `action`: some statement allows it and none denies it.
 * A malformed policy allows nothing. `Service` and `Federated` principals never fit a caller with AWS credentials.
 * @see IAM user guide, "IAM JSON policy elements: Principal"
 */
export function trustPolicyAllows(policy: string, action: TrustAction, request: TrustRequest): boolean {
  const parsed = parseTrustPolicy(policy);
  if (parsed.type === "malformed") return false;
  const values = conditionValues(request);
  const applying = parsed.statements.filter(
    (statement) =>
      isAboutPrincipal(statement, request) &&
      isAboutAction(statement, action) &&
      conditionHolds(statement.condition, values),
  );
  return applying.length > 0 && applying.every((statement) => statement.effect === "Allow");
}

function isAboutPrincipal(statement: TrustStatement, request: TrustRequest): boolean {
  const { principal, principalArn } = request;
  const names = [
    "*",
    // The account stands for everyone in it, in both spellings.
    principal.accountId,
    `arn:aws:iam::${principal.accountId}:root`,
    principalArn,
    principal.arn,
  ];
  return statement.principals.some((name) => names.includes(name)) !== statement.notPrincipals;
}

function isAboutAction(statement: TrustStatement, action: TrustAction): boolean {
  const named = statement.actions.some((pattern) =>
    matchesWildcard(pattern.toLowerCase(), action.toLowerCase()),
  );
  return named !== statement.notActions;
}

function conditionValues(request: TrustRequest): ConditionValues {
  const { principal } = request;
  const values: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ["aws:PrincipalArn", [request.principalArn]],
    ["aws:PrincipalAccount", [principal.accountId]],
    ["aws:PrincipalType", [principalTypes[principal.type]]],
    ["aws:userid", [principal.userId]],
    ["aws:username", [principal.type === "user" ? principal.userName : undefined]],
    ...effectiveTags(principal).map((tag) => [`aws:PrincipalTag/${tag.key}`, [tag.value]] as const),
    ...request.tags.map((tag) => [`aws:RequestTag/${tag.key}`, [tag.value]] as const),
    ["aws:TagKeys", request.tags.map((tag) => tag.key)],
    ["sts:TransitiveTagKeys", request.transitiveTagKeys],
    ["sts:ExternalId", [request.externalId]],
    ["sts:RoleSessionName", [request.roleSessionName]],
    ["sts:SourceIdentity", [request.sourceIdentity]],
  ];
  return new Map(
    values.map(([key, list]) => [key.toLowerCase(), list.filter((value) => value !== undefined)] as const),
  );
}

const principalTypes: Readonly<Record<Principal["type"], string>> = {
  root: "Account",
  user: "User",
  "assumed-role": "AssumedRole",
};
