import type { EmulatorHandle } from "../emulator-handle.ts";
import { type PlayOptions, playScenario } from "./play-scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { ScenarioResult } from "./scenario-result.ts";
import { startForScenario } from "./start-for-scenario.ts";

/** Where scenarios get their emulators from. */
export type StartForScenario = (scenario: Scenario) => Promise<EmulatorHandle & AsyncDisposable>;

/**
 * Runs one scenario on an emulator of its own, which is gone afterwards with its nodes.
 * @throws ManagedNodeError when a node cannot be had, or not be removed
 *
 * @example
 * const { outcome } = await runScenario(await loadScenario("missing-user.yaml"));
 */
export async function runScenario(
  scenario: Scenario,
  options: PlayOptions & { readonly start?: StartForScenario | undefined } = {},
): Promise<ScenarioResult> {
  await using emulator = await (options.start ?? startForScenario)(scenario);
  const { result } = await playScenario(scenario, emulator, options);
  return result;
}
