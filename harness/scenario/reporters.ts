import type { Reporter, ReportOutput } from "./reporter.ts";
import { jsonReporter } from "./reporters/json.ts";
import { junitReporter } from "./reporters/junit.ts";
import { prettyReporter } from "./reporters/pretty.ts";
import { tapReporter } from "./reporters/tap.ts";

/** Makes a reporter by its name. */
export const reporters = {
  pretty: prettyReporter,
  junit: junitReporter,
  json: jsonReporter,
  tap: tapReporter,
} as const satisfies Readonly<Record<string, (output: ReportOutput) => Reporter>>;

export type ReporterName = keyof typeof reporters;

/** Everything goes to each of them. */
export function severalReporters(all: readonly Reporter[]): Reporter {
  return {
    onStart: (scenario) => each(all, (reporter) => reporter.onStart(scenario)),
    onStep: (scenario, step) => each(all, (reporter) => reporter.onStep(scenario, step)),
    onEnd: (result) => each(all, (reporter) => reporter.onEnd(result)),
    onFinish: (summary) => each(all, (reporter) => reporter.onFinish(summary)),
  };
}

function each(all: readonly Reporter[], tell: (reporter: Reporter) => void): void {
  for (const reporter of all) tell(reporter);
}
