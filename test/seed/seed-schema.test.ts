import Value from "typebox/value";
import { describe, expect, it } from "vitest";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { publishedSeedSchema, SeedSchema } from "../../emulator/seed/seed-schema.ts";

describe("the seed schema", () => {
  it("describes every member", () => {
    expect(undescribed(SeedSchema)).toEqual([]);
  });

  it("requires, as published, only what has no default", () => {
    const schema = publishedSeedSchema() as typeof SeedSchema;
    expect(Value.Check(schema, {})).toBe(true);
    expect(Value.Check(schema, { users: [{ name: "alice" }] })).toBe(true);
    expect(Value.Check(schema, { users: [{}] })).toBe(false);
    expect(Value.Check(schema, builtInSeed)).toBe(true);
  });

  it("is published in docs/seed.schema.json as it is (vitest -u writes it anew)", async () => {
    await expect(format(publishedSeedSchema())).toMatchFileSnapshot("../../docs/seed.schema.json");
  });
});

/** Paths of object members that an editor would show without a word. */
function undescribed(schema: object, path = ""): string[] {
  return Object.entries(schema).flatMap(([key, value]) => {
    if (typeof value !== "object" || value === null || key === "default") return [];
    if (key !== "properties") return undescribed(value, `${path}/${key}`);
    return Object.entries(value as Record<string, object>).flatMap(([name, member]) => [
      ...("description" in member || "title" in member ? [] : [`${path}/${name}`]),
      ...undescribed(member, `${path}/${name}`),
    ]);
  });
}

/** As the formatter has it: lists of texts on one line. */
function format(schema: object): string {
  const text = JSON.stringify(schema, null, 2);
  return `${text.replace(/\[\s+("[^[\]{}]*")\s+\]/g, (_list, items: string) => `[${items.replace(/\s*\n\s*/g, " ")}]`)}\n`;
}
