import { setTimeout as pause } from "node:timers/promises";
import type { Measurement } from "./in-turn.ts";
import { prompt, type Shell, shows, timeTyping } from "./shell.ts";

/** Faster than anybody types, and slower than the plugin reads: it sleeps 1 ms after each key. */
const pauseMs = 4;
const lineLength = 60;

/** The shell when it shows its prompt. */
export async function atPrompt(shell: Shell): Promise<Shell> {
  await shows(shell, prompt);
  return shell;
}

/** From a key to its echo by the shell's line editor, in milliseconds. */
export function oneKey(shell: Shell): Measurement {
  let typed = 0;
  return async () => {
    if (typed++ % lineLength === 0) await timeTyping(shell, "\u0015#", "#");
    await pause(pauseMs);
    return (await timeTyping(shell, "x", "x")).elapsedMs;
  };
}
