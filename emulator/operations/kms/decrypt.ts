import { Type } from "typebox";
import { operation } from "../operation.ts";
import { decodeBlob, encodeBlob } from "./shared/blob.ts";
import { decryptCiphertext } from "./shared/decrypt-ciphertext.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { keyArn } from "./shared/key-identifier.ts";
import { refuseOptions } from "./shared/refuse-options.ts";
import { Blob, EncryptionAlgorithm, EncryptionContext, KeyId, Recipient } from "./shared/schemas.ts";

export const decrypt = operation({
  service: "kms",
  name: "Decrypt",
  input: Type.Object({
    CiphertextBlob: Blob,
    EncryptionContext: Type.Optional(EncryptionContext),
    KeyId: Type.Optional(KeyId),
    EncryptionAlgorithm: Type.Optional(EncryptionAlgorithm),
    Recipient: Type.Optional(Recipient),
    DryRun: Type.Optional(Type.Boolean()),
  }),
  handle(input, context) {
    const ciphertext = decodeBlob(input.CiphertextBlob, { name: "ciphertextBlob", maxBytes: 6144 });
    refuseOptions(input);
    const { EncryptionContext: encryptionContext, KeyId: keyId } = input;
    const { key, plaintext } = decryptCiphertext({ ciphertext, encryptionContext, keyId }, context);
    if (input.DryRun) throw kmsExceptions.dryRun();
    return {
      KeyId: keyArn(context, key.keyId),
      Plaintext: encodeBlob(plaintext),
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    };
  },
});
