/** The account's preferences: what StartSession uses when it is given no document. */
export const preferencesDocumentName = "SSM-SessionManagerRunShell";

/**
 * The bare name behind a document's name or ARN. Undefined for an ARN of another account's document; AWS-owned
 * documents have ARNs without an account.
 * @see aws-api reference, section 2.1, StartSession
 */
export function documentNameOf(nameOrArn: string, accountId: string): string | undefined {
  if (!nameOrArn.startsWith("arn:")) return nameOrArn;
  const match = /^arn:[^:]+:ssm:[^:]*:(?<account>[^:]*):document\/(?<name>[^:/]+)$/.exec(nameOrArn);
  const { account, name } = match?.groups ?? {};
  return account === "" || account === accountId ? name : undefined;
}
