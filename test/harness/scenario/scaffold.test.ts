import { describe, expect, it } from "vitest";
import { readScenario } from "../../../harness/scenario/read-scenario.ts";
import { scaffold } from "../../../harness/scenario/scaffold.ts";

describe("a new scenario", () => {
  it("has no mistakes, and names the schema in its first line", () => {
    const text = scaffold('the "first" one', "../docs/scenario.schema.json");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../docs/scenario.schema.json");
    expect(readScenario(text, "new.yaml").name).toBe('the "first" one');
  });
});
