import { XMLBuilder } from "fast-xml-parser";
import type { Reporter, ReportOutput } from "../reporter.ts";
import type { ScenarioResult } from "../scenario-result.ts";
import { failureText } from "./failure-text.ts";

/** JUnit XML, as continuous integration reads it: one suite, a test case a scenario. */
export function junitReporter(output: ReportOutput): Reporter {
  return {
    onStart() {},
    onStep() {},
    onEnd() {},
    onFinish({ results, durationMs }) {
      const counts = {
        "@name": "ssm-emulator scenarios",
        "@tests": results.length,
        "@failures": results.filter(({ outcome }) => outcome === "failed").length,
        "@time": inSeconds(durationMs),
      };
      const suite = { ...counts, "@errors": 0, "@skipped": 0, testcase: results.map(testCase) };
      const builder = new XMLBuilder({
        ignoreAttributes: false,
        attributeNamePrefix: "@",
        format: true,
        suppressEmptyNode: true,
      });
      output.write(
        builder.build({
          "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
          testsuites: { ...counts, testsuite: suite },
        }),
      );
    },
  };
}

function testCase(result: ScenarioResult): object {
  const { scenario, file, durationMs, failure } = result;
  return {
    "@name": valid(scenario),
    "@classname": valid(file.replace(/\.ya?ml$/, "")),
    "@file": valid(file),
    "@time": inSeconds(durationMs),
    ...(failure !== undefined && {
      failure: {
        "@type": "StepFailure",
        "@message": valid(failure.message),
        "#text": valid(failureText(result, failure)),
      },
    }),
  };
}

/** XML 1.0 has no place for some characters, escaped or not. */
function valid(text: string): string {
  return text.toWellFormed().replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, "\uFFFD");
}

function inSeconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
