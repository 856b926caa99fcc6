import type { TSchema } from "typebox";
import type { TLocalizedValidationError } from "typebox/error";
import { Settings } from "typebox/system";
import Value from "typebox/value";
import { type SeedPath, type SeedProblem, showValue } from "./seed-problem.ts";
import { type Seed, SeedSchema } from "./seed-schema.ts";

/** Several errors of the library make one problem, and ten of those are shown. */
const maxErrors = 100;

export type ShapeCheck =
  | { readonly type: "seed"; readonly seed: Seed }
  | { readonly type: "problems"; readonly problems: readonly SeedProblem[] };

/** Fills in the defaults of a parsed seed file and holds it against the schema. */
export function checkShape(value: unknown): ShapeCheck {
  const seed = Value.Default(SeedSchema, value);
  if (Value.Check(SeedSchema, seed)) return { type: "seed", seed };
  const problems = validationErrors(seed).flatMap((error) => describe(error, seed));
  const first = new Map(problems.toReversed().map((problem) => [JSON.stringify(problem.path), problem]));
  return { type: "problems", problems: [...first.values()].toReversed() };
}

function validationErrors(seed: unknown): readonly TLocalizedValidationError[] {
  const { maxErrors: usual } = Settings.Get();
  Settings.Set({ maxErrors });
  try {
    return Value.Errors(SeedSchema, seed);
  } finally {
    Settings.Set({ maxErrors: usual });
  }
}

function describe(error: TLocalizedValidationError, seed: unknown): readonly SeedProblem[] {
  const path = readPointer(error.instancePath);
  switch (error.keyword) {
    case "boolean": {
      const holder = schemaAt(error.schemaPath.replace(/\/additionalProperties$/, ""));
      const known = Object.keys(holder?.properties ?? {}).join(", ");
      return [{ path, isAboutName: true, expected: `one of ${known}`, found: showValue(path.at(-1)) }];
    }
    case "additionalProperties":
      return [];
    case "required":
      return error.params.requiredProperties.map((name) => ({
        path: [...path, name],
        isAboutName: false,
        expected: describeSchema(schemaAt(error.schemaPath)?.properties?.[name]) ?? error.message,
        found: "nothing",
      }));
    default: {
      const found = valueAt(seed, path);
      const schema = schemaAt(error.schemaPath);
      const hint = schema?.type === "string" && typeof found === "number" ? " (put it in quotes)" : "";
      return [
        {
          path,
          isAboutName: false,
          expected: describeSchema(schema) ?? error.message,
          found: path.at(-1) === "secret" ? "something else" : `${showValue(found)}${hint}`,
        },
      ];
    }
  }
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

function schemaAt(schemaPath: string): SchemaMembers | undefined {
  return valueAt(SeedSchema, readPointer(schemaPath.replace(/^#/, ""))) as SchemaMembers | undefined;
}

/** JSON Pointer, RFC 6901; digits become list positions. */
function readPointer(pointer: string): SeedPath {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function valueAt(value: unknown, path: SeedPath): unknown {
  return path.reduce<unknown>(
    (holder, step) =>
      typeof holder === "object" && holder !== null && Object.hasOwn(holder, step)
        ? (holder as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    value,
  );
}
