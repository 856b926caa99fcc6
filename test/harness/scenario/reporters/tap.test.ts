import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { tapReporter } from "../../../../harness/scenario/reporters/tap.ts";
import { report } from "../fixtures.ts";

describe("the tap reporter", () => {
  it("writes version, a line for each scenario and the plan", () => {
    const lines = report(tapReporter).split("\n");
    expect(lines.filter((line) => /^\S/.test(line))).toEqual([
      "TAP version 14",
      "not ok 1 - Tags & <users> \\#1",
      "ok 2 - All is well",
      "1..2",
    ]);
  });

  it("tells in YAML blocks what failed", () => {
    const [, block = ""] = /^ {2}---\n([\s\S]*?)^ {2}\.\.\.$/m.exec(report(tapReporter)) ?? [];
    expect(parse(block)).toMatchObject({
      file: "scenarios/tags.yaml",
      duration_ms: 1235,
      line: 9,
      wanted: '"ops"',
      found: "ssm-user\u001b[0m\nsecond line",
      severity: "fail",
    });
  });

  it("is valid when nothing ran", () => {
    expect(report(tapReporter, {}, { results: [] })).toBe("TAP version 14\n1..0\n");
  });
});
