import { stringify } from "yaml";
import type { Reporter, ReportOutput } from "../reporter.ts";
import type { ScenarioFailure } from "../scenario-result.ts";
import { indented } from "./show-text.ts";

/** Test Anything Protocol, version 14. @see testanything.org, "TAP 14 specification" */
export function tapReporter(output: ReportOutput): Reporter {
  let ended = 0;
  const begin = once(() => output.write("TAP version 14\n"));
  return {
    onStart: begin,
    onStep() {},
    onEnd({ scenario, file, outcome, durationMs, failure }) {
      ended += 1;
      output.write(`${outcome === "passed" ? "ok" : "not ok"} ${ended} - ${escaped(scenario)}\n`);
      output.write(diagnostics({ file, duration_ms: Math.round(durationMs), ...toDiagnostics(failure) }));
    },
    onFinish() {
      begin();
      output.write(`1..${ended}\n`);
    },
  };
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

function toDiagnostics(failure: ScenarioFailure | undefined): object {
  if (failure === undefined) return {};
  const { expected, actual, ...others } = failure;
  return { ...others, ...(expected !== undefined && { wanted: expected, found: actual }), severity: "fail" };
}

/** A YAML block, two blanks in. */
function diagnostics(values: object): string {
  return indented(`---\n${stringify(values)}...\n`, 2);
}

/** `#` begins a directive. */
function escaped(description: string): string {
  return description.replace(/[\\#]/g, "\\$&").replace(/\s+/g, " ");
}
