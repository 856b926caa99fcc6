import { isObject } from "../documents/json-value.ts";
import { parseYamlFile } from "../yaml-file/parse-yaml-file.ts";
import { checkSeed } from "./check-seed.ts";
import type { Seed } from "./seed-schema.ts";

/**
 * Reads the text of a seed file, YAML or JSON; what it leaves out has its default.
 * @param file how messages name it
 * @throws FileError with every mistake of a kind: of syntax, else of shape, else of meaning
 */
export function readSeed(text: string, file: string): Seed {
  const parsed = parseYamlFile(text, file, { digits: [["account"]] });
  const checked = checkSeed(withoutEmptyMembers(parsed.value));
  if (checked.type === "problems") throw parsed.refuse(checked.problems);
  return checked.value;
}

/** `users:` with nothing after it is as good as no `users`. */
function withoutEmptyMembers(value: unknown): unknown {
  if (!isObject(value)) return value;
  return withoutNulls(
    mapValues(value, (section) =>
      Array.isArray(section) ? section.map((item) => (isObject(item) ? withoutNulls(item) : item)) : section,
    ),
  );
}

function withoutNulls(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

function mapValues(members: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}
