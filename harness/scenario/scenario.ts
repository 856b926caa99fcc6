import type { Seed } from "../../emulator/seed/seed-schema.ts";
import type { Verb } from "./verb.ts";

/** A scenario that has been read and has no mistakes. */
export interface Scenario {
  readonly name: string;
  /** Why it matters. */
  readonly why: string;
  /** URL of the public issue that it reproduces. */
  readonly issue: string | undefined;
  /** As it was named. */
  readonly file: string;
  /** The account and the nodes that it begins with. */
  readonly seed: Seed;
  /** In the order in which they run; those under `then` come last. */
  readonly steps: readonly ScenarioStep[];
}

/** One thing that a scenario does or expects. */
export interface ScenarioStep {
  /** In the file, from 1. */
  readonly line: number;
  /** The step in one line. */
  readonly title: string;
  readonly verb: Verb;
  /** As the verb's schema has it. */
  readonly step: unknown;
}
