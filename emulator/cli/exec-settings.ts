import type { SettingName } from "../config.ts";

/** Settings that `exec` has no use for: its nodes are its own, and go with it. */
export const settingsWithoutExec: readonly SettingName[] = [
  "nodesOwner",
  "keepNodes",
  "temporaryNodes",
  "publicUrl",
];

/** What differs from `start` unless it is given. */
export const execDefaults: Readonly<Record<string, string>> = {
  SSM_EMULATOR_PORT: "0",
  SSM_EMULATOR_LOG_LEVEL: "warn",
};
