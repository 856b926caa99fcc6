import { ManagedNodeError } from "../../emulator/errors.ts";
import { describeFailure, messageOf } from "./describe-failure.ts";
import { type Played, type PlayOptions, playScenario } from "./play-scenario.ts";
import type { Recorder } from "./recorder.ts";
import type { Reporter, RunSummary } from "./reporter.ts";
import type { StartForScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { ScenarioResult } from "./scenario-result.ts";
import { startForScenario } from "./start-for-scenario.ts";

/** What a run of many scenarios can be told. */
export interface RunOptions extends Omit<PlayOptions, "onStep"> {
  readonly reporter: Reporter;
  /** How many run at once; 1 when left out. */
  readonly parallel?: number | undefined;
  /** Takes the recordings of a scenario that has ended. */
  readonly onRecordings?: (scenario: Scenario, recordings: readonly Recorder[]) => Promise<void>;
  readonly start?: StartForScenario | undefined;
}

/**
 * Runs scenarios in their order, each on an emulator of its own. While one runs, the next one's emulator starts, and that
 * of the one before ends.
 * @throws ManagedNodeError when not even the first node can be had
 */
export async function runScenarios(scenarios: readonly Scenario[], options: RunOptions): Promise<RunSummary> {
  const startedAt = performance.now();
  const run = new Run(scenarios, options);
  try {
    await Promise.all(Array.from({ length: options.parallel ?? 1 }, () => run.work()));
  } finally {
    await run.close();
  }
  const { results, leftBehind } = run;
  const summary = { results, leftBehind, durationMs: performance.now() - startedAt };
  options.reporter.onFinish(summary);
  return summary;
}

type Starting = ReturnType<StartForScenario>;

class Run {
  readonly results: ScenarioResult[] = [];
  readonly leftBehind: string[] = [];
  readonly #options: RunOptions;
  readonly #waiting: Scenario[];
  readonly #starting = new Map<Scenario, Starting>();
  readonly #closing: Promise<void>[] = [];
  #hasHadNode = false;
  #isOver = false;

  constructor(scenarios: readonly Scenario[], options: RunOptions) {
    this.#waiting = [...scenarios];
    this.#options = options;
  }

  /** Runs one scenario after another until none waits. */
  async work(): Promise<void> {
    for (;;) {
      const scenario = this.#isOver || this.#options.signal?.aborted ? undefined : this.#waiting.shift();
      if (scenario === undefined) return;
      const starting = this.#start(scenario);
      this.#options.reporter.onStart(scenario);
      const [next] = this.#waiting;
      const { result, recordings } = await this.#play(scenario, starting, next);
      await this.#options.onRecordings?.(scenario, recordings);
      this.results.push(result);
      this.#options.reporter.onEnd(result);
    }
  }

  /** Waits until every emulator is gone, also one that was started ahead. */
  async close(): Promise<void> {
    this.#isOver = true;
    for (const starting of this.#starting.values()) this.#close(starting);
    await Promise.all(this.#closing);
  }

  #start(scenario: Scenario): Starting {
    const started = this.#starting.get(scenario) ?? (this.#options.start ?? startForScenario)(scenario);
    this.#starting.set(scenario, started);
    // Whoever waits for it hears of it.
    started.catch(() => {});
    return started;
  }

  async #play(scenario: Scenario, starting: Starting, next: Scenario | undefined): Promise<Played> {
    const { reporter, ...options } = this.#options;
    const startedAt = performance.now();
    try {
      const emulator = await starting;
      if (scenario.seed.nodes.length > 0) this.#hasHadNode = true;
      if (next !== undefined) this.#start(next);
      const waitedMs = performance.now() - startedAt;
      const { result, recordings } = await playScenario(scenario, emulator, {
        ...options,
        onStep: (step) => reporter.onStep(scenario, step),
      });
      return { result: { ...result, durationMs: result.durationMs + waitedMs }, recordings };
    } catch (error) {
      if (error instanceof ManagedNodeError && !this.#hasHadNode) throw error;
      return { result: notStarted(scenario, error, performance.now() - startedAt), recordings: [] };
    } finally {
      this.#starting.delete(scenario);
      this.#close(starting);
    }
  }

  #close(starting: Starting): void {
    const closed = starting
      .catch(() => undefined)
      .then((emulator) => emulator?.[Symbol.asyncDispose]())
      .catch((error: unknown) => void this.leftBehind.push(messageOf(error)));
    this.#closing.push(closed);
  }
}

function notStarted(scenario: Scenario, error: unknown, durationMs: number): ScenarioResult {
  return {
    scenario: scenario.name,
    file: scenario.file,
    outcome: "failed",
    durationMs,
    steps: scenario.steps.map(({ line, title }) => ({ line, title, outcome: "skipped", durationMs: 0 })),
    failure: describeFailure(scenario, 1, error),
  };
}
