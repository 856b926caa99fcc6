import type { Buffer } from "node:buffer";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Writes a message id as a header holds it: a UUID with its halves swapped.
 * @throws TypeError for anything but a hyphenated UUID
 * @see data-channel reference, section 4
 */
export function writeMessageId(header: Buffer, messageId: string, offset: number): void {
  if (!uuid.test(messageId)) throw new TypeError(`Expected a UUID as message id, got ${messageId}`);
  const digits = messageId.replaceAll("-", "");
  header.write(digits.slice(16), offset, 8, "hex");
  header.write(digits, offset + 8, 8, "hex");
}

/** The hyphenated, lower-case UUID that {@link writeMessageId} wrote. */
export function readMessageId(header: Buffer, offset: number): string {
  const digits = header.toString("hex", offset + 8, offset + 16) + header.toString("hex", offset, offset + 8);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
