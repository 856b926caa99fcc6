import type { KmsKeyRecord } from "../../ports/kms-records.ts";
import { kmsExceptions } from "./exceptions.ts";
import { aliasArn, type KeyIdentifier, type KmsScope, keyArn, readKeyIdentifier } from "./key-identifier.ts";

/** Deletes, with their aliases, the keys whose waiting period is over; to be called before keys are looked at. */
export function removeDeletedKeys({ state, now }: KmsScope): void {
  for (const { keyId, deletesAt } of state.kmsKeys.values()) {
    if (deletesAt === undefined || now < deletesAt) continue;
    state.kmsKeys.delete(keyId);
    for (const alias of state.kmsAliases.values()) {
      if (alias.keyId === keyId) state.kmsAliases.delete(alias.name);
    }
  }
}

/**
 * The key of that id, ARN, alias name or alias ARN.
 * @throws ServiceException NotFoundException
 */
export function findKey(identifier: string, scope: KmsScope): KmsKeyRecord {
  const named = readKeyIdentifier(identifier, scope);
  return named.type === "alias" ? keyOfAlias(named, scope) : keyOfId(named, scope);
}

/**
 * The key of that id or ARN, for operations that take no alias.
 * @throws ServiceException NotFoundException; InvalidArnException for an alias ARN
 * @unverified What is said of an alias name, which is moto's answer; a recorded EnableKey with one would settle it.
 */
export function findKeyById(identifier: string, scope: KmsScope): KmsKeyRecord {
  const named = readKeyIdentifier(identifier, scope);
  if (named.type === "key") return keyOfId(named, scope);
  throw identifier === named.arn ? kmsExceptions.aliasArnNotTaken() : kmsExceptions.invalidKeyId(identifier);
}

/**
 * The key of that identifier, if it can encrypt and decrypt.
 * @throws ServiceException NotFoundException, DisabledException, KMSInvalidStateException
 */
export function findUsableKey(identifier: string, scope: KmsScope): KmsKeyRecord {
  const key = findKey(identifier, scope);
  refuseUnusable(key, scope);
  return key;
}

/** @throws ServiceException DisabledException, KMSInvalidStateException */
export function refuseUnusable(key: KmsKeyRecord, scope: KmsScope): void {
  refusePendingDeletion(key, scope);
  if (key.keyState === "Disabled") throw kmsExceptions.disabled(keyArn(scope, key.keyId));
}

/** @throws ServiceException KMSInvalidStateException */
export function refusePendingDeletion(key: KmsKeyRecord, scope: KmsScope): void {
  if (key.keyState === "PendingDeletion") throw kmsExceptions.pendingDeletion(keyArn(scope, key.keyId));
}

function keyOfId(
  { keyId, arn }: Extract<KeyIdentifier, { readonly type: "key" }>,
  scope: KmsScope,
): KmsKeyRecord {
  removeDeletedKeys(scope);
  const key = scope.state.kmsKeys.get(keyId);
  // An ARN may be that of another account.
  if (key === undefined || arn !== keyArn(scope, keyId)) throw kmsExceptions.keyMissing(arn);
  return key;
}

function keyOfAlias(
  { aliasName, arn }: Extract<KeyIdentifier, { readonly type: "alias" }>,
  scope: KmsScope,
): KmsKeyRecord {
  removeDeletedKeys(scope);
  const { kmsKeys, kmsAliases } = scope.state;
  const key = kmsKeys.get(kmsAliases.get(aliasName)?.keyId ?? "");
  if (key === undefined || arn !== aliasArn(scope, aliasName)) throw kmsExceptions.aliasMissing(arn);
  return key;
}
