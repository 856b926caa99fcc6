import { describe, expect, it } from "vitest";
import { jsonReporter } from "../../../../harness/scenario/reporters/json.ts";
import { report, results } from "../fixtures.ts";

describe("the json reporter", () => {
  it("writes one document with counts and results", () => {
    expect(JSON.parse(report(jsonReporter))).toEqual({
      passed: 1,
      failed: 1,
      durationMs: 1_300,
      results,
      leftBehind: [],
    });
  });
});
