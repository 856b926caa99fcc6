import { kmsExceptions } from "./exceptions.ts";

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export interface BlobMember {
  /** As AWS names it in its refusals. */
  readonly name: "plaintext" | "ciphertextBlob";
  readonly maxBytes: number;
}

/**
 * Reads a blob of a request.
 * @throws ServiceException SerializationException, ValidationException
 */
export function decodeBlob(text: string, { name, maxBytes }: BlobMember): Uint8Array {
  if (!base64.test(text)) throw kmsExceptions.notBase64();
  const bytes = Buffer.from(text, "base64");
  if (bytes.length > maxBytes) throw kmsExceptions.blobSize(name, `less than or equal to ${maxBytes}`);
  if (bytes.length === 0) throw kmsExceptions.blobSize(name, "greater than or equal to 1");
  return bytes;
}

/** Writes a blob of an answer. */
export function encodeBlob(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
