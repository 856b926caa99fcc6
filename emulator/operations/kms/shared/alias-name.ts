import { kmsExceptions } from "./exceptions.ts";

/** @see kms API reference, CreateAlias, "AliasName": names of AWS-managed keys */
const reservedPrefix = "alias/aws/";

/**
 * Checks a name that an alias is to have or has.
 * @throws ServiceException ValidationException; NotAuthorizedException for a name that is AWS's own
 */
export function refuseBadAliasName(aliasName: string): void {
  if (!/^alias\/./.test(aliasName)) throw kmsExceptions.aliasPrefix();
  if (aliasName.startsWith(reservedPrefix)) throw kmsExceptions.reservedAlias();
  if (aliasName.includes(":")) throw kmsExceptions.aliasCharacters(aliasName);
}
