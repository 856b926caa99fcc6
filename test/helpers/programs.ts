import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

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

/** Why tests with the stock client cannot run here; undefined when they can. */
export function missingStockClient(): string | undefined {
  const missing = ["aws", "session-manager-plugin"].filter((name) => findProgram(name) === undefined);
  return missing.length === 0 ? undefined : `not on PATH: ${missing.join(", ")}`;
}
