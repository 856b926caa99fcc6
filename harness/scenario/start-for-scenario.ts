import { type LocalEmulator, startEmulator } from "../start-emulator.ts";
import type { Scenario } from "./scenario.ts";

/**
 * An emulator of its own for a scenario, with what it is given.
 * @throws ManagedNodeError when a node cannot be had
 */
export function startForScenario({ seed }: Scenario): Promise<LocalEmulator> {
  // Said, even when there are none: sections that are left out would be the built-in seed's.
  return startEmulator({ seed: { ...seed, preferences: seed.preferences } });
}
