import type { Scenario } from "./scenario.ts";
import type { ScenarioResult, StepResult } from "./scenario-result.ts";

/** All results, in the order in which the scenarios ended. */
export interface RunSummary {
  readonly results: readonly ScenarioResult[];
  /** From the first scenario's turn to the last one's end. */
  readonly durationMs: number;
  /** What could not be cleaned up, one text each. */
  readonly leftBehind: readonly string[];
}

/** Hears how a run goes. With several at once, the events of different scenarios mix. */
export interface Reporter {
  onStart(scenario: Scenario): void;
  onStep(scenario: Scenario, step: StepResult): void;
  onEnd(result: ScenarioResult): void;
  onFinish(summary: RunSummary): void;
}

/** Where a reporter writes to. */
export interface ReportOutput {
  write(text: string): void;
  /** Whether lines may be taken back. */
  readonly isLive: boolean;
  readonly hasColour: boolean;
  /** Of the terminal. */
  readonly columns: number;
}
