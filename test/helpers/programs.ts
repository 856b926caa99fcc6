import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe } from "vitest";
import { describeWithNodes } from "./engine.ts";

/** Where the program is on PATH; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(directory, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return undefined;
}

/** Holds our executable that takes the stock plugin's place. */
export const ownPluginFolder = join(import.meta.dirname, "../../session-manager-plugin");

/** A `describe` for tests that run the AWS CLI with the stock plugin; without them, or without an engine, it says so. */
export function describeWithStockClient(title: string, tests: () => void): void {
  describeWithPrograms(["aws", "session-manager-plugin"], title, tests);
}

/** A `describe` for tests that run the AWS CLI with a plugin of ours. */
export function describeWithAwsCli(title: string, tests: () => void): void {
  describeWithPrograms(["aws"], title, tests);
}

/** A `describe` for tests that run OpenSSH's clients and rsync through the AWS CLI with the stock plugin. */
export function describeWithSshClients(title: string, tests: () => void): void {
  const programs = ["aws", "session-manager-plugin", "ssh", "ssh-keygen", "scp", "rsync"];
  describeWithPrograms(programs, title, tests);
}

function describeWithPrograms(programs: readonly string[], title: string, tests: () => void): void {
  const missing = programs.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) describeWithNodes(title, tests);
  else describe.skip(`${title} (skipped: not on PATH: ${missing.join(", ")})`, tests);
}
