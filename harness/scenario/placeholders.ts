import { isObject } from "../../emulator/documents/json-value.ts";
import type { FilePath } from "../../emulator/yaml-file/file-problem.ts";

/** `${node.web-1}`, `${session.alice}`, `${account}`: what a scenario cannot know in advance. */
const placeholder = /\$\{([^}]*)\}/g;

/** A placeholder and where it stands. */
export interface Placeholder {
  readonly path: FilePath;
  /** What is between the braces. */
  readonly name: string;
}

/** All placeholders in the texts of a value. */
export function findPlaceholders(value: unknown, path: FilePath = []): readonly Placeholder[] {
  if (typeof value === "string") {
    return [...value.matchAll(placeholder)].map(([, name = ""]) => ({ path, name }));
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findPlaceholders(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => findPlaceholders(member, [...path, name]));
}

/** The value with each placeholder resolved. */
export function fillPlaceholders(value: unknown, resolve: (name: string) => string): unknown {
  if (typeof value === "string") return value.replace(placeholder, (_whole, name: string) => resolve(name));
  if (Array.isArray(value)) return value.map((item) => fillPlaceholders(item, resolve));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, fillPlaceholders(member, resolve)]),
  );
}
