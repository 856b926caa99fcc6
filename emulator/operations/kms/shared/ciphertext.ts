import { createCipheriv, createDecipheriv } from "node:crypto";
import type { KmsKeyRecord } from "../../ports/kms-records.ts";

/**
 * Ciphertext blobs say which key they are for, so that Decrypt needs no KeyId: version, key id, initialization vector,
 * encrypted bytes, tag. The head and the encryption context are authenticated with them.
 */
const version = 1;
const keyIdStart = 1;
const ivStart = keyIdStart + 16;
const bodyStart = ivStart + 12;
const tagBytes = 16;

/** Public name-value pairs that must be the same at encryption and decryption; none and an empty one are equal. */
export type EncryptionContext = Readonly<Record<string, string>>;

export interface SealOptions {
  readonly key: KmsKeyRecord;
  readonly encryptionContext: EncryptionContext;
  /** 12 bytes that no other blob of the key has. */
  readonly iv: Uint8Array;
}

/** Encrypts with AES-256-GCM. */
export function sealCiphertext(
  plaintext: Uint8Array,
  { key, encryptionContext, iv }: SealOptions,
): Uint8Array {
  const head = Buffer.concat([Buffer.of(version), keyIdToBytes(key.keyId), iv]);
  const cipher = createCipheriv("aes-256-gcm", key.material, iv);
  cipher.setAAD(authenticatedData(head, encryptionContext));
  return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Id of the key that a blob says it was made with; undefined for what is no blob of ours. */
export function keyIdOfCiphertext(blob: Uint8Array): string | undefined {
  if (blob.length < bodyStart + tagBytes || blob[0] !== version) return undefined;
  const hex = Buffer.from(blob.subarray(keyIdStart, ivStart)).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Decrypts a blob of that key; undefined when it was changed or made with another context. */
export function openCiphertext(
  blob: Uint8Array,
  { key, encryptionContext }: Omit<SealOptions, "iv">,
): Uint8Array | undefined {
  const tagStart = blob.length - tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key.material, blob.subarray(ivStart, bodyStart));
  decipher.setAAD(authenticatedData(blob.subarray(0, bodyStart), encryptionContext));
  decipher.setAuthTag(blob.subarray(tagStart));
  const plaintext = decipher.update(blob.subarray(bodyStart, tagStart));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Pairs count in any order, and every letter of them counts. */
function authenticatedData(head: Uint8Array, encryptionContext: EncryptionContext): Uint8Array {
  const pairs = Object.entries(encryptionContext).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([head, Buffer.from(JSON.stringify(pairs))]);
}

function keyIdToBytes(keyId: string): Uint8Array {
  return Buffer.from(keyId.replaceAll("-", ""), "hex");
}
