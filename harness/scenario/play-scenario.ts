import type { SessionState } from "../describe-session.ts";
import type { EmulatorHandle } from "../emulator-handle.ts";
import type { TerminalSession } from "../terminal-session.ts";
import { describeFailure } from "./describe-failure.ts";
import type { Recorder } from "./recorder.ts";
import type { Scenario, ScenarioStep } from "./scenario.ts";
import type { ScenarioFailure, ScenarioResult, StepResult } from "./scenario-result.ts";
import { StepFailure } from "./step-failure.ts";
import { withTimeLimit } from "./time-limit.ts";
import { World } from "./world.ts";

/** What playing a scenario can be told. */
export interface PlayOptions {
  /** Of one step, in milliseconds, beyond the wait that it asks for itself. */
  readonly stepLimitMs?: number | undefined;
  /** Of all steps together, in milliseconds. */
  readonly scenarioLimitMs?: number | undefined;
  /** Hears of each step as it ends, and of those that are left out. */
  readonly onStep?: ((step: StepResult) => void) | undefined;
  /** Ends it at once. */
  readonly signal?: AbortSignal | undefined;
}

const usualStepLimitMs = 15_000;
const usualScenarioLimitMs = 120_000;

/** How it went, and what the terminals have shown. */
export interface Played {
  readonly result: ScenarioResult;
  readonly recordings: readonly Recorder[];
}

/** Plays the steps on an emulator that holds what the scenario is given. Leaves no client behind; never rejects. */
export async function playScenario(
  scenario: Scenario,
  emulator: EmulatorHandle,
  options: PlayOptions = {},
): Promise<Played> {
  const world = new World(emulator, scenario.seed);
  const startedAt = performance.now();
  const steps: StepResult[] = [];
  let failure: ScenarioFailure | undefined;
  for (const step of scenario.steps) {
    const at = performance.now();
    const isSkipped = failure !== undefined;
    failure ??= await playStep(scenario, step, world, { ...options, startedAt });
    const outcome = failure === undefined ? "passed" : isSkipped ? "skipped" : "failed";
    const { line, title } = step;
    const result: StepResult = { line, title, outcome, durationMs: performance.now() - at };
    steps.push(result);
    options.onStep?.(result);
  }
  for (const session of world.sessions) session.close();
  const result = {
    scenario: scenario.name,
    file: scenario.file,
    outcome: failure === undefined ? ("passed" as const) : ("failed" as const),
    durationMs: performance.now() - startedAt,
    steps,
    ...(failure !== undefined && { failure }),
  };
  return { result, recordings: world.recordings };
}

async function playStep(
  scenario: Scenario,
  step: ScenarioStep,
  world: World,
  options: PlayOptions & { readonly startedAt: number },
): Promise<ScenarioFailure | undefined> {
  const { verb } = step;
  const { limitMs, what } = limitOf(step, options);
  try {
    await withTimeLimit(verb.run(step.step, world), {
      limitMs,
      onLimit: () =>
        new StepFailure(`${what} took longer than ${limitMs / 1_000} s.`, { session: world.latest }),
      signal: options.signal,
    });
    return undefined;
  } catch (error) {
    const session = error instanceof StepFailure ? error.session : undefined;
    const state = await stateOf(session);
    return describeFailure(scenario, step.line, await causeOf(error, world), state);
  }
}

function limitOf(
  { verb, step }: ScenarioStep,
  options: PlayOptions & { readonly startedAt: number },
): { readonly limitMs: number; readonly what: string } {
  const { stepLimitMs = usualStepLimitMs, scenarioLimitMs = usualScenarioLimitMs, startedAt } = options;
  const stepMs = stepLimitMs + (verb.waitsMs?.(step) ?? 0);
  const leftMs = Math.max(0, Math.round(scenarioLimitMs - (performance.now() - startedAt)));
  if (stepMs <= leftMs) return { limitMs: stepMs, what: "The step" };
  return { limitMs: leftMs, what: `The scenario's time of ${scenarioLimitMs / 1_000} s is over: the step` };
}

async function stateOf(session: TerminalSession | undefined): Promise<SessionState | undefined> {
  await session?.refresh();
  return session?.state();
}

/** Whatever a step says about it: when the emulator is gone, that is the cause. */
async function causeOf(error: unknown, { emulator }: World): Promise<unknown> {
  const isAlive = await emulator.nodes().then(
    () => true,
    () => false,
  );
  return isAlive ? error : new StepFailure(`The emulator at ${emulator.url} has ended in mid-scenario.`);
}
