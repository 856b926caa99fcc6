import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadScenario } from "../../harness/scenario/read-scenario.ts";
import { failureText } from "../../harness/scenario/reporters/failure-text.ts";
import { runScenario } from "../../harness/scenario/run-scenario.ts";
import { describeWithNodes } from "../helpers/engine.ts";

const folder = join(import.meta.dirname, "../../scenarios");
const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

describeWithNodes("the shipped scenarios", () => {
  it.each(files)("%s passes", { timeout: 150_000 }, async (file) => {
    const result = await runScenario(await loadScenario(join(folder, file)));
    const { failure } = result;
    expect(failure === undefined ? "passed" : failureText(result, failure)).toBe("passed");
  });
});
