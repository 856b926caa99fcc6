import type { KmsKeyRecord } from "../../ports/kms-records.ts";
import { type EncryptionContext, keyIdOfCiphertext, openCiphertext } from "./ciphertext.ts";
import { kmsExceptions } from "./exceptions.ts";
import { findKey, refuseUnusable, removeDeletedKeys } from "./find-key.ts";
import type { KmsScope } from "./key-identifier.ts";

export interface DecryptRequest {
  readonly ciphertext: Uint8Array;
  readonly encryptionContext: EncryptionContext | undefined;
  /** Any form of a key identifier: the key the blob has to be of; undefined takes any. */
  readonly keyId: string | undefined;
}

/**
 * Decrypts a blob as the operation Decrypt does, for it and for the node's agent.
 * @throws ServiceException InvalidCiphertextException, IncorrectKeyException, NotFoundException, DisabledException,
 * KMSInvalidStateException; AccessDeniedException when the blob's key is gone
 * @unverified That the state of the key is told before a wrong context; a recorded Decrypt with both would settle it.
 */
export function decryptCiphertext(
  { ciphertext, encryptionContext = {}, keyId }: DecryptRequest,
  scope: KmsScope,
): { readonly key: KmsKeyRecord; readonly plaintext: Uint8Array } {
  removeDeletedKeys(scope);
  const requestedKey = keyId === undefined ? undefined : findKey(keyId, scope);
  const usedKeyId = keyIdOfCiphertext(ciphertext);
  if (usedKeyId === undefined) throw kmsExceptions.invalidCiphertext();
  if (requestedKey !== undefined && requestedKey.keyId !== usedKeyId) throw kmsExceptions.incorrectKey();
  const key = requestedKey ?? scope.state.kmsKeys.get(usedKeyId);
  if (key === undefined) throw kmsExceptions.unknownCiphertextKey();
  refuseUnusable(key, scope);
  const plaintext = openCiphertext(ciphertext, { key, encryptionContext });
  if (plaintext === undefined) throw kmsExceptions.invalidCiphertext();
  return { key, plaintext };
}
