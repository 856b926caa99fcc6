import { styleText } from "node:util";
import type { Reporter, ReportOutput } from "../reporter.ts";
import { failureText } from "./failure-text.ts";
import { indented, seconds } from "./show-text.ts";

const backToLineStart = "\r\u001b[K";

/** For people: a line a scenario, the step that runs, and all about what failed. */
export function prettyReporter(output: ReportOutput): Reporter {
  const paint = (style: "green" | "red" | "dim" | "bold", text: string) =>
    output.hasColour ? styleText(style, text, { validateStream: false }) : text;
  const showProgress = (text: string) => {
    if (output.isLive) output.write(`${backToLineStart}${paint("dim", text.slice(0, output.columns - 1))}`);
  };
  const writeLines = (text: string) => output.write(`${output.isLive ? backToLineStart : ""}${text}\n`);
  return {
    onStart: ({ name }) => showProgress(`… ${name}`),
    onStep: ({ name, steps }, { line, title }) => {
      const next = steps[steps.findIndex((step) => step.line === line && step.title === title) + 1];
      showProgress(`… ${name}: ${next?.title ?? title}`);
    },
    onEnd(result) {
      const { scenario, outcome, durationMs, failure } = result;
      const sign = outcome === "passed" ? paint("green", "✓") : paint("red", "✗");
      writeLines(`${sign} ${scenario} ${paint("dim", `(${seconds(durationMs)})`)}`);
      if (failure !== undefined) writeLines(`\n${indented(failureText(result, failure), 4)}\n`);
    },
    onFinish({ results, durationMs, leftBehind }) {
      const failed = results.filter(({ outcome }) => outcome === "failed").length;
      const passed = paint("green", `${results.length - failed} passed`);
      const counts = failed === 0 ? passed : `${passed}, ${paint("red", `${failed} failed`)}`;
      writeLines(`\n${paint("bold", counts)} ${paint("dim", `(${seconds(durationMs)})`)}`);
      for (const text of leftBehind) writeLines(`Could not be cleaned up: ${text}`);
    },
  };
}
