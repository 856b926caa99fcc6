import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { junitReporter } from "../../../../harness/scenario/reporters/junit.ts";
import { report } from "../fixtures.ts";

describe("the junit reporter", () => {
  it("writes valid XML with a case for each scenario", () => {
    const xml = report(junitReporter);
    expect(XMLValidator.validate(xml)).toBe(true);
    const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" }).parse(xml);
    expect(testsuites).toMatchObject({ tests: "2", failures: "1", time: "1.300" });
    const [failed, passed] = testsuites.testsuite.testcase;
    expect(failed).toMatchObject({
      name: "Tags & <users> #1",
      classname: "scenarios/tags",
      file: "scenarios/tags.yaml",
      time: "1.234",
      failure: { message: "The output of `whoami` is not as expected." },
    });
    expect(failed.failure["#text"]).toContain("→ runs as ssm-user");
    expect(passed).toEqual({ name: "All is well", classname: "well", file: "well.yaml", time: "0.020" });
  });

  it("leaves out what XML has no place for", () => {
    const failure = { line: 1, message: "bad \u0001\ud800 text", rerun: "" };
    const results = [
      { scenario: "x\u0000y", file: "f.yaml", outcome: "failed" as const, durationMs: 1, steps: [], failure },
    ];
    const xml = report(junitReporter, {}, { results });
    expect(xml).toContain('message="bad \ufffd\ufffd text"');
    expect(XMLValidator.validate(xml)).toBe(true);
  });
});
