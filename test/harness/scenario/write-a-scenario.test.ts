import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readScenario } from "../../../harness/scenario/read-scenario.ts";
import { modifiersOf, verbs } from "../../../harness/scenario/verbs.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/write-a-scenario.md"), "utf8");
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

describe("the page Write a scenario", () => {
  it("shows scenarios that are read without a mistake", () => {
    expect(examples.map((text) => readScenario(text, "page.yaml").steps.length)).toEqual([4, 12]);
  });

  it("lists every verb with its modifiers", () => {
    const rows = [...page.matchAll(/^\| `(\w+): [^|]*` \|([^|]*)\| /gm)].map(
      ([, verb = "", modifiers = ""]) =>
        [verb, [...modifiers.matchAll(/`(\w+)`/g)].map(([, name]) => name)] as const,
    );
    const known = [...verbs.values()].map((verb) => [verb.name, modifiersOf(verb)]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(known));
  });
});
