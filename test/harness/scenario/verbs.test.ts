import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modifiersOf, verbs } from "../../../harness/scenario/verbs.ts";

describe("the verbs", () => {
  it("are those that have a file, named by it", () => {
    const files = readdirSync(join(import.meta.dirname, "../../../harness/scenario/verbs"));
    const names = files.map((file) =>
      file.replace(".ts", "").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect([...verbs.keys()].sort()).toEqual(names.sort());
  });

  it("tell their modifiers", () => {
    const modifiers = [...verbs.values()].map((verb) => [verb.name, modifiersOf(verb)] as const);
    expect(Object.fromEntries(modifiers)).toMatchObject({ advance: [], run: ["in", "output", "exitCode"] });
  });

  it("are no two that each take the other as a modifier, so that a step's verb is always clear", () => {
    const all = [...verbs.values()];
    const unclear = all.filter((verb) =>
      all.some(
        (other) =>
          other !== verb && modifiersOf(verb).includes(other.name) && modifiersOf(other).includes(verb.name),
      ),
    );
    expect(unclear).toEqual([]);
  });
});
