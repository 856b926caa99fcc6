import { Buffer } from "node:buffer";
import { ProtocolError } from "../errors.ts";
import { textIn } from "./json-payload.ts";

/** Bytes as JSON holds them. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Missing or null bytes are none, as in Go. @throws ProtocolError `frame-malformed` for anything but padded base64 */
export function base64In(value: unknown, name: string): Uint8Array {
  const text = textIn(value, name);
  const bytes = Buffer.from(text, "base64");
  // Node reads over what is no base64; Go, and so the plugin and the agent, do not.
  if (bytes.toString("base64") === text) return bytes;
  throw new ProtocolError("frame-malformed", `Expected base64 as ${name}, got something else`);
}
