import type { KmsKeyRecord } from "../../ports/kms-records.ts";
import { type KmsScope, keyArn } from "./key-identifier.ts";

/** Writes a key as CreateKey and DescribeKey show it. @see kms API model, KeyMetadata */
export function keyMetadata(key: KmsKeyRecord, scope: KmsScope): object {
  return {
    AWSAccountId: scope.accountId,
    KeyId: key.keyId,
    Arn: keyArn(scope, key.keyId),
    CreationDate: key.createdAt / 1000,
    Enabled: key.keyState === "Enabled",
    Description: key.description,
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: key.keyState,
    ...(key.deletesAt !== undefined && { DeletionDate: key.deletesAt / 1000 }),
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
  };
}
