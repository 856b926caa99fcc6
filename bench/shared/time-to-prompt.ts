import type { Measurement } from "./in-turn.ts";
import { prompt, type Shell, shows } from "./shell.ts";

/** From the opening of a shell to its prompt, in milliseconds. */
export function toPrompt(open: () => Shell | Promise<Shell>): Measurement {
  return async () => {
    const startedAt = performance.now();
    await using shell = await open();
    await shows(shell, prompt);
    return performance.now() - startedAt;
  };
}
