import type { Randomness } from "../../operation.ts";
import type { KmsKeyRecord } from "../../ports/kms-records.ts";
import { type EncryptionContext, sealCiphertext } from "./ciphertext.ts";

export interface EncryptOptions {
  readonly key: KmsKeyRecord;
  readonly encryptionContext: EncryptionContext | undefined;
  readonly random: Randomness;
}

const ivBytes = 12;

/** The blob from which Decrypt makes the plaintext again, given the same context. */
export function encryptPlaintext(
  plaintext: Uint8Array,
  { key, encryptionContext = {}, random }: EncryptOptions,
): Uint8Array {
  return sealCiphertext(plaintext, { key, encryptionContext, iv: randomBytes(random, ivBytes) });
}

export function randomBytes(random: Randomness, length: number): Uint8Array {
  return Buffer.from(random.hex(2 * length), "hex");
}
