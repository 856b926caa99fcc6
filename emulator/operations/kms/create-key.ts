import { type Static, Type } from "typebox";
import { operation } from "../operation.ts";
import type { KmsKeyRecord } from "../ports/kms-records.ts";
import { randomBytes } from "./shared/encrypt-plaintext.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { keyMetadata } from "./shared/key-metadata.ts";

const keySpecs = [
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "ECC_NIST_P256",
  "ECC_NIST_P384",
  "ECC_NIST_P521",
  "ECC_SECG_P256K1",
  "SYMMETRIC_DEFAULT",
  "HMAC_224",
  "HMAC_256",
  "HMAC_384",
  "HMAC_512",
  "SM2",
  "ML_DSA_44",
  "ML_DSA_65",
  "ML_DSA_87",
  "ECC_NIST_EDWARDS25519",
] as const;

const CreateKeyRequest = Type.Object({
  Description: Type.Optional(Type.String({ maxLength: 8192 })),
  KeyUsage: Type.Optional(
    Type.Enum(["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"]),
  ),
  CustomerMasterKeySpec: Type.Optional(Type.Enum([...keySpecs])),
  KeySpec: Type.Optional(Type.Enum([...keySpecs])),
  Origin: Type.Optional(Type.Enum(["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])),
  MultiRegion: Type.Optional(Type.Boolean()),
});

const materialBytes = 32;

/** Key policies and tags are ignored: every principal of the account may use every key. */
export const createKey = operation({
  service: "kms",
  name: "CreateKey",
  input: CreateKeyRequest,
  handle(input, context) {
    refuseOtherKeys(input);
    const { state, now, random } = context;
    const key: KmsKeyRecord = {
      keyId: random.uuid(),
      description: input.Description ?? "",
      createdAt: now,
      keyState: "Enabled",
      deletesAt: undefined,
      material: randomBytes(random, materialBytes),
    };
    state.kmsKeys.put(key.keyId, key);
    return { KeyMetadata: keyMetadata(key, context) };
  },
});

function refuseOtherKeys(input: Static<typeof CreateKeyRequest>): void {
  const { KeySpec, CustomerMasterKeySpec, KeyUsage, Origin, MultiRegion } = input;
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined) throw kmsExceptions.specTwice();
  const spec = KeySpec ?? CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  if (spec !== "SYMMETRIC_DEFAULT") throw kmsExceptions.notEmulated(`keys of spec ${spec}`);
  if (KeyUsage !== undefined && KeyUsage !== "ENCRYPT_DECRYPT")
    throw kmsExceptions.usageOfSymmetricKey(KeyUsage);
  if (Origin !== undefined && Origin !== "AWS_KMS")
    throw kmsExceptions.notEmulated(`keys of origin ${Origin}`);
  if (MultiRegion === true) throw kmsExceptions.notEmulated("multi-Region keys");
}
