import { setTimeout as pause } from "node:timers/promises";
import { type Lab, osUser } from "./lab.ts";
import { leave, type Shell } from "./shell.ts";

/** What `docker exec -it` asks the engine for, without a process of its own: a peer for many shells at once. */
export async function openExec(lab: Lab): Promise<Shell> {
  const exec = await lab.container.exec({
    Cmd: ["sh"],
    User: osUser,
    Env: ["TERM=xterm-256color"],
    Tty: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
  const ended = new Promise<void>((resolve) => stream.on("end", resolve).on("close", resolve));
  const shell: Shell = {
    onOutput: () => {},
    type: (text) => void stream.write(text),
    async [Symbol.asyncDispose]() {
      stream.write(leave);
      await Promise.race([ended, pause(leaveWithinMs, undefined, { ref: false })]);
      stream.destroy();
    },
  };
  stream.on("data", (output: Buffer) => shell.onOutput(output.toString("latin1")));
  return shell;
}

const leaveWithinMs = 10_000;
