import { spawn } from "@lydell/node-pty";
import { leave, type Shell } from "./shell.ts";

const leaveWithinMs = 10_000;

/** A program on a terminal of its own, as a person has it before them. */
export function openOnTerminal(command: readonly string[], env: Readonly<Record<string, string>>): Shell {
  const [file = "", ...args] = command;
  const pty = spawn(file, args, { env, cols: 80, rows: 24, name: "xterm-256color" });
  const exited = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  const shell: Shell = {
    onOutput: () => {},
    type: (text) => pty.write(text),
    async [Symbol.asyncDispose]() {
      pty.write(leave);
      const timer = setTimeout(() => pty.kill("SIGKILL"), leaveWithinMs);
      await exited;
      clearTimeout(timer);
    },
  };
  pty.onData((text) => shell.onOutput(text));
  return shell;
}
