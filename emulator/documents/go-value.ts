import { isObject } from "./json-value.ts";

/** A JSON value as Go's `%v` prints it: `map[a:1 b:[x y]]`, keys in order, texts without quotes. */
export function formatGoValue(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(" ")}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${members.map(([name, member]) => `${name}:${formatGoValue(member)}`).join(" ")}]`;
}
