/** How a step went. */
export interface StepResult {
  /** In the file, from 1. */
  readonly line: number;
  /** The step in one line. */
  readonly title: string;
  /** `skipped`: a step before it failed. */
  readonly outcome: "passed" | "failed" | "skipped";
  readonly durationMs: number;
}

/** Why a scenario failed. */
export interface ScenarioFailure {
  /** Of the step that failed; 1 when the emulator could not be started. */
  readonly line: number;
  /** In one line. */
  readonly message: string;
  /** What was expected, where something was compared; may have several lines. */
  readonly expected?: string;
  /** What there was instead. */
  readonly actual?: string;
  /** How the session stands that it is about, in one line. */
  readonly session?: string;
  /** Why that session has its OS user or was refused, one reason a line. */
  readonly decision?: string;
  /** What its terminal shows. */
  readonly screen?: string;
  /** The command that runs only this scenario. */
  readonly rerun: string;
}

/** How a scenario went. */
export interface ScenarioResult {
  /** Its name. */
  readonly scenario: string;
  readonly file: string;
  readonly outcome: "passed" | "failed";
  /** From its turn to its last step; an emulator that was ready by then took no time. */
  readonly durationMs: number;
  readonly steps: readonly StepResult[];
  readonly failure?: ScenarioFailure;
}
