import { Buffer } from "node:buffer";
import { ProtocolError } from "../errors.ts";

/** Values of a flag payload. @see data-channel reference, section 6 */
export const flag = {
  disconnectToPort: 1,
  terminateSession: 2,
  connectToPortError: 3,
} as const;

const flagBytes = 4;

/** The value as the payload holds it: big-endian. */
export function encodeFlag(value: number): Uint8Array {
  const payload = Buffer.alloc(flagBytes);
  payload.writeUInt32BE(value);
  return payload;
}

/** @throws ProtocolError `frame-malformed` */
export function decodeFlag(payload: Uint8Array): number {
  if (payload.length !== flagBytes) {
    throw new ProtocolError(
      "frame-malformed",
      `Expected a flag of ${flagBytes} bytes, got ${payload.length}`,
    );
  }
  return Buffer.from(payload.buffer, payload.byteOffset, flagBytes).readUInt32BE();
}
