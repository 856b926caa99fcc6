import type { Reporter, ReportOutput } from "../reporter.ts";

/** For programs: one JSON document at the end. */
export function jsonReporter(output: ReportOutput): Reporter {
  return {
    onStart() {},
    onStep() {},
    onEnd() {},
    onFinish({ results, durationMs, leftBehind }) {
      const failed = results.filter(({ outcome }) => outcome === "failed").length;
      const report = { passed: results.length - failed, failed, durationMs, results, leftBehind };
      output.write(`${JSON.stringify(report, null, 2)}\n`);
    },
  };
}
