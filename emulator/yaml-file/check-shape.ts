import type { Static, TSchema } from "typebox";
import type { TLocalizedValidationError } from "typebox/error";
import { Settings } from "typebox/system";
import Value from "typebox/value";
import { didYouMean } from "./did-you-mean.ts";
import { type FilePath, type FileProblem, showValue } from "./file-problem.ts";

/** Several errors of the library make one problem, and ten of those are shown. */
const maxErrors = 100;

export type ShapeCheck<Schema extends TSchema> =
  | { readonly type: "value"; readonly value: Static<Schema> }
  | { readonly type: "problems"; readonly problems: readonly FileProblem[] };

/** Fills in the defaults of a parsed file and holds it against the schema; a `title` is what a message expects. */
export function checkShape<Schema extends TSchema>(schema: Schema, parsed: unknown): ShapeCheck<Schema> {
  const value = Value.Default(schema, parsed);
  if (Value.Check(schema, value)) return { type: "value", value };
  const problems = validationErrors(schema, value).flatMap((error) => describe(error, schema, value));
  const first = new Map(problems.toReversed().map((problem) => [JSON.stringify(problem.path), problem]));
  return { type: "problems", problems: [...first.values()].toReversed() };
}

function validationErrors(schema: TSchema, value: unknown): readonly TLocalizedValidationError[] {
  const { maxErrors: usual } = Settings.Get();
  Settings.Set({ maxErrors });
  try {
    // What each branch of a union says about it would contradict the others.
    return Value.Errors(schema, value).filter(({ schemaPath }) => !schemaPath.includes("/anyOf/"));
  } finally {
    Settings.Set({ maxErrors: usual });
  }
}

function describe(error: TLocalizedValidationError, root: TSchema, value: unknown): readonly FileProblem[] {
  const path = readPointer(error.instancePath);
  switch (error.keyword) {
    case "boolean": {
      const holder = schemaAt(root, error.schemaPath.replace(/\/additionalProperties$/, ""));
      const known = Object.keys(holder?.properties ?? {});
      const hint = didYouMean(String(path.at(-1)), known);
      return [
        {
          path,
          isAboutName: true,
          expected: `one of ${known.join(", ")}`,
          found: `${showValue(path.at(-1))}${hint}`,
        },
      ];
    }
    case "additionalProperties":
      return [];
    case "required":
      return error.params.requiredProperties.map((name) => ({
        path: [...path, name],
        isAboutName: false,
        expected: describeSchema(schemaAt(root, error.schemaPath)?.properties?.[name]) ?? error.message,
        found: "nothing",
      }));
    default: {
      const found = valueAt(value, path);
      const schema = schemaAt(root, error.schemaPath);
      return [
        {
          path,
          isAboutName: false,
          expected: describeSchema(schema) ?? error.message,
          found:
            path.at(-1) === "secret" ? "something else" : `${showValue(found)}${quotesHint(schema, found)}`,
        },
      ];
    }
  }
}

/** YAML takes `20` and `true` for more than text. */
function quotesHint(schema: SchemaMembers | undefined, found: unknown): string {
  const isPlain = typeof found === "number" || typeof found === "boolean";
  return schema?.type === "string" && isPlain ? " (put it in quotes)" : "";
}

interface SchemaMembers {
  readonly type?: string;
  readonly title?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, TSchema>>;
}

function describeSchema(schema: SchemaMembers | undefined): string | undefined {
  if (schema?.title !== undefined) return schema.title;
  switch (schema?.type) {
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "integer":
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case "array":
      return schema.maxItems === undefined ? "a list" : `a list of at most ${schema.maxItems}`;
    case "object":
      return "a mapping";
    default:
      return undefined;
  }
}

function schemaAt(root: TSchema, schemaPath: string): SchemaMembers | undefined {
  return valueAt(root, readPointer(schemaPath.replace(/^#/, ""))) as SchemaMembers | undefined;
}

/** JSON Pointer, RFC 6901; digits become list positions. */
function readPointer(pointer: string): FilePath {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function valueAt(value: unknown, path: FilePath): unknown {
  return path.reduce<unknown>(
    (holder, step) =>
      typeof holder === "object" && holder !== null && Object.hasOwn(holder, step)
        ? (holder as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    value,
  );
}
