import { parseTrustPolicy } from "../../../access/trust-policy-grammar.ts";
import type { OperationContext } from "../../operation.ts";
import { iamExceptions } from "./exceptions.ts";
import { roleArn } from "./role.ts";
import { userArn } from "./user.ts";

/**
 * Accepts a trust policy that can be read and names only users and roles which this account has; those of other
 * accounts are taken on trust. Unlike AWS we keep the ARN, not the unique id, so a user made anew under a trusted
 * name is trusted again.
 * @throws ServiceException MalformedPolicyDocument
 */
export function checkTrustDocument(context: OperationContext, text: string): void {
  const parsed = parseTrustPolicy(text);
  if (parsed.type === "malformed") throw iamExceptions.malformedPolicy(parsed.message);
  for (const arn of parsed.statements.flatMap((statement) => statement.principals)) {
    if (!exists(context, arn)) throw iamExceptions.unknownPrincipal(arn);
  }
}

function exists({ accountId, state }: OperationContext, arn: string): boolean {
  const [, type, name = ""] =
    new RegExp(`^arn:aws:iam::${accountId}:(user|role)/(?:.*/)?([^/]+)$`).exec(arn) ?? [];
  if (type === undefined) return true;
  if (type === "user") {
    const user = state.users.get(name.toLowerCase());
    return user !== undefined && userArn(accountId, user) === arn;
  }
  const role = state.roles.get(name.toLowerCase());
  return role !== undefined && roleArn(accountId, role) === arn;
}
