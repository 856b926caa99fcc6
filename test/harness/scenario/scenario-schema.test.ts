import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TSchema } from "typebox";
import Value from "typebox/value";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { publishedScenarioSchema } from "../../../harness/scenario/scenario-schema.ts";
import { verbs } from "../../../harness/scenario/verbs.ts";

const published = JSON.parse(JSON.stringify(publishedScenarioSchema())) as TSchema;
const folder = join(import.meta.dirname, "../../../scenarios");

const maxListLength = 100;

describe("the published scenario schema", () => {
  it.each(readdirSync(folder))("takes %s", (file) => {
    const scenario: unknown = parse(readFileSync(join(folder, file), "utf8"));
    expect([...Value.Errors(published, scenario)]).toEqual([]);
  });

  it.each([
    [{ why: "w", steps: [{ advance: "1s" }] }],
    [{ name: "n", why: "w", steps: [] }],
    [{ name: "n", why: "w", steps: [{ strat: "bob" }] }],
    [{ name: "n", why: "w", steps: [{ start: "bob", output: "x" }] }],
    [{ name: "n", why: "w", steps: [{ advance: "20" }] }],
    [{ name: "n", why: "w", given: { users: "bob" }, steps: [{ advance: "1s" }] }],
    [{ name: "n", why: "w", given: { nodes: { a: [{ uid: 5 }] } }, steps: [{ advance: "1s" }] }],
  ])("refuses %j", (scenario) => {
    expect(Value.Check(published, scenario)).toBe(false);
  });

  it("takes the seed's own forms, with ids and keys left out", () => {
    const given = {
      users: [{ name: "a" }],
      nodes: [{ name: "n", users: [{ name: "o" }] }],
      account: "000000000001",
    };
    const scenario = { name: "n", why: "w", given, steps: [{ advance: "1s" }] };
    expect([...Value.Errors(published, scenario)]).toEqual([]);
  });

  it("describes every member of every verb", () => {
    const members = [...verbs.values()].flatMap(({ name, schema }) =>
      Object.entries((schema as TSchema & { properties: Record<string, object> }).properties).map(
        ([member, value]) => [`${name}.${member}`, "description" in value] as const,
      ),
    );
    expect(members.filter(([, isDescribed]) => !isDescribed)).toEqual([]);
  });

  it("is published in docs/scenario.schema.json as it is (vitest -u writes it anew)", async () => {
    const text = `${JSON.stringify(published, null, 2)}\n`;
    // As the formatter has it: a list in one line when it fits.
    const formatted = text.replace(/\[\s+("[^[\]{}]*")\s+\]/g, (list, items: string) => {
      const line = `[${items.replace(/\s*\n\s*/g, " ")}]`;
      return line.length > maxListLength ? list : line;
    });
    await expect(formatted).toMatchFileSnapshot("../../../docs/scenario.schema.json");
  });
});
