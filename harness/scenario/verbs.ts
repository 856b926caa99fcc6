import { readdir } from "node:fs/promises";
import { extname } from "node:path";
import type { TSchema } from "typebox";
import type { Verb } from "./verb.ts";

/** Every verb by its name, in alphabetical order. A file in `verbs/` is all that a new one takes. */
export const verbs: ReadonlyMap<string, Verb> = await loadVerbs(new URL("verbs/", import.meta.url));

/** The modifiers that a verb takes. */
export function modifiersOf(verb: Verb): readonly string[] {
  return membersOf(verb).filter((name) => name !== verb.name);
}

function membersOf({ schema }: Verb): readonly string[] {
  return Object.keys((schema as TSchema & { readonly properties: object }).properties);
}

async function loadVerbs(folder: URL): Promise<ReadonlyMap<string, Verb>> {
  const extension = extname(import.meta.filename);
  const files = (await readdir(folder)).filter((file) => file.endsWith(extension) && !file.endsWith(".d.ts"));
  const loaded = await Promise.all(files.sort().map((file) => loadVerb(new URL(file, folder))));
  return new Map(loaded.map((verb) => [verb.name, verb]));
}

async function loadVerb(file: URL): Promise<Verb> {
  const { verb }: { readonly verb?: Verb } = await import(file.href);
  if (verb === undefined || membersOf(verb)[0] !== verb.name) {
    throw new Error(`${file.pathname}: expected a verb, exported as verb, whose schema begins with its name`);
  }
  return verb;
}
