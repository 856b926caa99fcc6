import { type Static, Type } from "typebox";
import { operation } from "../operation.ts";
import { encodeBlob } from "./shared/blob.ts";
import { encryptPlaintext, randomBytes } from "./shared/encrypt-plaintext.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { findUsableKey } from "./shared/find-key.ts";
import { keyArn } from "./shared/key-identifier.ts";
import { refuseOptions } from "./shared/refuse-options.ts";
import { EncryptionContext, KeyId, Recipient } from "./shared/schemas.ts";

const GenerateDataKeyRequest = Type.Object({
  KeyId,
  EncryptionContext: Type.Optional(EncryptionContext),
  NumberOfBytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1024 })),
  KeySpec: Type.Optional(Type.Enum(["AES_256", "AES_128"])),
  Recipient: Type.Optional(Recipient),
  DryRun: Type.Optional(Type.Boolean()),
});

const specBytes = { AES_256: 32, AES_128: 16 } as const;

export const generateDataKey = operation({
  service: "kms",
  name: "GenerateDataKey",
  input: GenerateDataKeyRequest,
  handle(input, context) {
    const { random } = context;
    const length = dataKeyBytes(input);
    const key = findUsableKey(input.KeyId, context);
    refuseOptions(input);
    if (input.DryRun) throw kmsExceptions.dryRun();
    const plaintext = randomBytes(random, length);
    const { EncryptionContext: encryptionContext } = input;
    return {
      CiphertextBlob: encodeBlob(encryptPlaintext(plaintext, { key, encryptionContext, random })),
      Plaintext: encodeBlob(plaintext),
      KeyId: keyArn(context, key.keyId),
    };
  },
});

function dataKeyBytes({ NumberOfBytes, KeySpec }: Static<typeof GenerateDataKeyRequest>): number {
  if (NumberOfBytes !== undefined && KeySpec !== undefined) throw kmsExceptions.bytesOrSpec();
  const length = NumberOfBytes ?? (KeySpec && specBytes[KeySpec]);
  if (length === undefined) throw kmsExceptions.bytesOrSpec();
  return length;
}
