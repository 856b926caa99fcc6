import { readScenario } from "../../../harness/scenario/read-scenario.ts";
import type { Reporter, ReportOutput, RunSummary } from "../../../harness/scenario/reporter.ts";
import type { Scenario } from "../../../harness/scenario/scenario.ts";
import type { ScenarioResult, StepResult } from "../../../harness/scenario/scenario-result.ts";

/** A scenario with these steps, in YAML's flow form, in an account with carol, two roles and a log group. */
export function scenarioOf(steps: readonly string[], options: { readonly name?: string } = {}): Scenario {
  const { name = "a story" } = options;
  const text = `name: ${JSON.stringify(name)}
why: it matters
given:
  users: { carol: { SSMSessionRunAs: ops } }
  roles: { operator: { assumableBy: [carol], tags: { SSMSessionRunAs: shared } } }
  logGroups: [/sessions]
steps:
${steps.map((step) => `  - ${step}\n`).join("")}`;
  return readScenario(text, `${name.replaceAll(" ", "-")}.yaml`);
}

/** The first step's line in {@link scenarioOf}. */
export const firstLine = 8;

const steps: readonly StepResult[] = [
  { line: 8, title: "start bob", outcome: "passed", durationMs: 120 },
  { line: 9, title: "run whoami, output: ops", outcome: "failed", durationMs: 30 },
  { line: 11, title: "exit bob", outcome: "skipped", durationMs: 0 },
];

/** One that failed with all there is to tell, and one that passed. */
export const results: readonly ScenarioResult[] = [
  {
    scenario: "Tags & <users> #1",
    file: "scenarios/tags.yaml",
    outcome: "failed",
    durationMs: 1_234.5,
    steps,
    failure: {
      line: 9,
      message: "The output of `whoami` is not as expected.",
      expected: '"ops"',
      actual: "ssm-user\u001b[0m\nsecond line",
      session: "bob-1, running",
      decision: "service: Run As is off\n→ runs as ssm-user",
      screen: "sh-5.2$ whoami\nssm-user",
      rerun: "npx ssm-emulator scenario run scenarios/tags.yaml",
    },
  },
  { scenario: "All is well", file: "well.yaml", outcome: "passed", durationMs: 20, steps: [] },
];

/** Everything a reporter writes about {@link results}. */
export function report(
  create: (output: ReportOutput) => Reporter,
  output: Partial<ReportOutput> = {},
  summary: Partial<RunSummary> = {},
): string {
  let written = "";
  const write = (text: string) => {
    written += text;
  };
  const reporter = create({ write, isLive: false, hasColour: false, columns: 80, ...output });
  for (const result of summary.results ?? results) {
    const scenario = scenarioOf(["advance: 1s", "advance: 2s"], { name: result.scenario });
    reporter.onStart(scenario);
    const [first] = scenario.steps;
    if (first !== undefined) reporter.onStep(scenario, { ...first, outcome: "passed", durationMs: 1 });
    reporter.onEnd(result);
  }
  reporter.onFinish({ results, durationMs: 1_300, leftBehind: [], ...summary });
  return written;
}
