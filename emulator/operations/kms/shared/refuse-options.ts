import { kmsExceptions } from "./exceptions.ts";

export interface CryptographicOptions {
  readonly EncryptionAlgorithm?: string;
  readonly Recipient?: object;
}

/**
 * Refuses what symmetric keys cannot do, and enclaves.
 * @throws ServiceException InvalidKeyUsageException, UnsupportedOperationException
 */
export function refuseOptions({ EncryptionAlgorithm, Recipient }: CryptographicOptions): void {
  if (Recipient !== undefined) throw kmsExceptions.notEmulated("answers to Nitro enclaves (Recipient)");
  if (EncryptionAlgorithm !== undefined && EncryptionAlgorithm !== "SYMMETRIC_DEFAULT")
    throw kmsExceptions.incompatibleAlgorithm(EncryptionAlgorithm);
}
