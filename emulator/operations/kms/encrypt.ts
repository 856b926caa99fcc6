import { Type } from "typebox";
import { operation } from "../operation.ts";
import { decodeBlob, encodeBlob } from "./shared/blob.ts";
import { encryptPlaintext } from "./shared/encrypt-plaintext.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { findUsableKey } from "./shared/find-key.ts";
import { keyArn } from "./shared/key-identifier.ts";
import { refuseOptions } from "./shared/refuse-options.ts";
import { Blob, EncryptionAlgorithm, EncryptionContext, KeyId } from "./shared/schemas.ts";

export const encrypt = operation({
  service: "kms",
  name: "Encrypt",
  input: Type.Object({
    KeyId,
    Plaintext: Blob,
    EncryptionContext: Type.Optional(EncryptionContext),
    EncryptionAlgorithm: Type.Optional(EncryptionAlgorithm),
    DryRun: Type.Optional(Type.Boolean()),
  }),
  handle(input, context) {
    const plaintext = decodeBlob(input.Plaintext, { name: "plaintext", maxBytes: 4096 });
    const key = findUsableKey(input.KeyId, context);
    refuseOptions(input);
    if (input.DryRun) throw kmsExceptions.dryRun();
    const { EncryptionContext: encryptionContext } = input;
    const ciphertext = encryptPlaintext(plaintext, { key, encryptionContext, random: context.random });
    return {
      CiphertextBlob: encodeBlob(ciphertext),
      KeyId: keyArn(context, key.keyId),
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    };
  },
});
