import { Buffer } from "node:buffer";
import { ProtocolError } from "../errors.ts";

/** JSON as the bytes of a payload. */
export function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/**
 * The members of a payload that holds a JSON object.
 * @throws ProtocolError `frame-malformed` for anything else; `name` tells the reader what it was to be
 */
export function decodeJsonObject(payload: Uint8Array, name: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
  } catch {
    throw new ProtocolError("frame-malformed", `Expected ${name} in JSON, got something else`);
  }
  return objectIn(value, name);
}

/** @throws ProtocolError `frame-malformed` for anything but an object */
export function objectIn(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw unexpected(name, "an object", value);
}

/** A missing or null list is empty, as in Go. @throws ProtocolError `frame-malformed` for anything else */
export function listIn(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw unexpected(name, "a list", value);
}

/** Missing or null text is empty, as in Go. @throws ProtocolError `frame-malformed` for anything else */
export function textIn(value: unknown, name: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw unexpected(name, "text", value);
}

/**
 * A missing or null number is 0, as in Go.
 * @throws ProtocolError `frame-malformed` for anything but an integer from 0 to `max`
 */
export function integerIn(value: unknown, name: string, max = Number.MAX_SAFE_INTEGER): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw unexpected(name, `an integer from 0 to ${max}`, value);
}

function unexpected(name: string, expected: string, value: unknown): ProtocolError {
  return new ProtocolError("frame-malformed", `Expected ${expected} as ${name}, got ${typeof value}`);
}
