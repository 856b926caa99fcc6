import { ServiceException } from "../errors.ts";
import { decryptCiphertext } from "../operations/kms/shared/decrypt-ciphertext.ts";
import type { KmsScope } from "../operations/kms/shared/key-identifier.ts";
import type { DataKey } from "../session/data-channel-options.ts";
import type { SessionChannelOptions } from "./session-channel.ts";

/**
 * kms:Decrypt of a client's data key, as the node's agent calls it.
 * @unverified The error's form: the agent prints its SDK's, which adds status and request id.
 * @see data-channel reference, section 14; amazon-ssm-agent `agent/session/crypto/blockcipher.go`
 */
export function decryptDataKey(
  { cipherText, keyId, encryptionContext }: Parameters<SessionChannelOptions["decryptDataKey"]>[0],
  scope: KmsScope,
): DataKey {
  try {
    const { plaintext } = decryptCiphertext({ ciphertext: cipherText, encryptionContext, keyId }, scope);
    return { type: "data-key", plaintext };
  } catch (error) {
    if (!(error instanceof ServiceException)) throw error;
    return { type: "failed", reason: `${error.code}: ${error.message}` };
  }
}
