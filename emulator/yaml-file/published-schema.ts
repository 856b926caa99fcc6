import type { TSchema } from "typebox";

/** The schema of a file as JSON Schema for editors: members with a default are not required. */
export function publishedSchema(title: string, schema: TSchema): object {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...(withoutRequiredDefaults(schema) as object),
  };
}

function withoutRequiredDefaults(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutRequiredDefaults);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) copy[key] = withoutRequiredDefaults(value);
  if (Array.isArray(copy.required) && "properties" in schema) {
    const properties = schema.properties as Readonly<Record<string, TSchema>>;
    const required = copy.required.filter((name: string) => !("default" in (properties[name] ?? {})));
    if (required.length > 0) copy.required = required;
    else delete copy.required;
  }
  return copy;
}
