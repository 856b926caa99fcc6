import { isObject } from "../../emulator/documents/json-value.ts";

const maxLength = 120;

/** A step in one line: `start bob, refused: RunAs user … does not exist`. */
export function stepTitle(step: Readonly<Record<string, unknown>>, verbName: string): string {
  const { [verbName]: verb, ...modifiers } = step;
  const parts = Object.entries(modifiers).map(([name, value]) => `, ${name}: ${show(value)}`);
  const title = `${verbName} ${show(verb)}${parts.join("")}`.replace(/\s+/g, " ");
  return title.length > maxLength ? `${title.slice(0, maxLength - 1)}…` : title;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(", ");
  if (!isObject(value)) return String(value);
  return `{ ${Object.entries(value)
    .map(([name, member]) => `${name}: ${show(member)}`)
    .join(", ")} }`;
}
