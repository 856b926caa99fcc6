import type { ScenarioFailure, ScenarioResult } from "../scenario-result.ts";
import { harmless, indented } from "./show-text.ts";

/** Everything that helps to find out why a scenario failed, for a reader. */
export function failureText({ file, steps }: ScenarioResult, failure: ScenarioFailure): string {
  const { line, message, expected, actual, session, decision, screen, rerun } = failure;
  const step = steps.find((each) => each.outcome === "failed");
  return harmless(
    [
      `${file}:${line}${step === undefined ? "" : `  ${step.title}`}`,
      message,
      ...(expected === undefined ? [] : [marked("-", `expected  ${expected}`)]),
      ...(actual === undefined ? [] : [marked("+", `actual    ${actual.trim()}`)]),
      ...(session === undefined ? [] : [`Session: ${session}`]),
      ...(decision === undefined ? [] : ["Decision:", indented(decision, 2)]),
      ...(screen === undefined ? [] : ["Screen:", indented(screen === "" ? "(nothing)" : screen, 2)]),
      `Rerun: ${rerun}`,
    ].join("\n"),
  );
}

function marked(sign: string, text: string): string {
  return text.replace(/^/gm, `  ${sign} `);
}
