import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { nodeEnvironment } from "../program-environment.ts";

/** Whether a program is where this engine looks for programs. */
export async function isOnPath(name: string): Promise<boolean> {
  for (const folder of nodeEnvironment.PATH.split(":")) {
    try {
      await access(join(folder, name), constants.X_OK);
      return true;
    } catch {
      // The next folder may have it.
    }
  }
  return false;
}
