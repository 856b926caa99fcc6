import { type Static, Type } from "typebox";
import { SeedSchema } from "../../emulator/seed/seed-schema.ts";

/** A name in a scenario: of a persona, a role, a session. */
export function Name(kind: string, description: string) {
  return Type.String({ minLength: 1, maxLength: 128, title: `the name of ${kind}`, description });
}

/** Which session; left out: the one that was started last. */
export const In = Type.Optional(
  Name("a session", "The session; the one that was started last when left out"),
);

/** Which node; left out: the only one. */
export const On = Type.Optional(Name("a node", "The node, by name or id; may be left out when there is one"));

/** A terminal's size as people write it: `132x43`. */
export function Size(description: string) {
  return Type.String({
    pattern: "^[1-9][0-9]{0,3}x[1-9][0-9]{0,3}$",
    title: "a size in columns and rows, such as 132x43",
    description,
  });
}

/** Columns and rows of a {@link Size}. */
export function sizeOf(text: string): { readonly columns: number; readonly rows: number } {
  const [columns, rows] = text.split("x");
  return { columns: Number(columns), rows: Number(rows) };
}

/** Tags by their keys. */
export function Tags(description: string) {
  return Type.Record(Type.String(), Type.String({ title: "a tag value: text" }), {
    minProperties: 1,
    title: "a mapping of tags",
    description,
  });
}

const OsUserMembers = SeedSchema.properties.nodes.items.properties.users.items;

/** An OS user: its name, or as in the seed. */
export function OsUser(description: string) {
  return Type.Union([Type.String({ minLength: 1 }), OsUserMembers], {
    title: "an OS user: a name, or a mapping with name, uid and so on",
    description,
  });
}

/** An OS user in the seed's form. */
export type OsUserValue = Static<typeof OsUserMembers>;
