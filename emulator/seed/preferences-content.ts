import { defaultPreferences } from "../documents/default-preferences.ts";
import type { Seed } from "./seed-schema.ts";

/**
 * The content of SSM-SessionManagerRunShell with these inputs; those left out are left out here too.
 * @see AWS Systems Manager user guide, "Update Session Manager preferences (command line)"
 */
export function preferencesContent(inputs: NonNullable<Seed["preferences"]>): object {
  const { schemaVersion, description, sessionType } = defaultPreferences;
  return { schemaVersion, description, sessionType, inputs };
}
