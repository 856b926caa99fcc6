import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import type { ProcessExit } from "../../agent/managed-node.ts";
import type { TerminalSize } from "../../protocol/terminal-size.ts";
import { exitOfStatus } from "../exit-of-status.ts";
import type { ExecCommand, NodeExec, NodeProgram, ProgramTerminal } from "../node-exec.ts";
import { DockerProgram } from "./docker-program.ts";

/** The engine's own escape sequence cannot be switched off; this one nobody types. */
const detachKeys = "ctrl-^,ctrl-^,ctrl-^,ctrl-^";

/** The engine's exec: it costs some fifty milliseconds each time. */
export class DockerExec implements NodeExec {
  readonly #container: Docker.Container;

  constructor(container: Docker.Container) {
    this.#container = container;
  }

  async start(command: ExecCommand): Promise<NodeProgram> {
    const { exec, stream } = await this.#exec(command, {});
    return new DockerProgram(stream, () => exitOf(exec));
  }

  async startOnTerminal(command: ExecCommand): Promise<ProgramTerminal> {
    const { exec, stream } = await this.#exec(command, { Tty: true, DetachKeys: detachKeys });
    const resize = async ({ columns, rows }: TerminalSize) => {
      await exec.resize({ w: columns, h: rows });
    };
    return { stream, resize };
  }

  async #exec({ words, workingDirectory, input }: ExecCommand, options: Docker.ExecCreateOptions) {
    const exec = await this.#container.exec({
      Cmd: [...words],
      Env: ["LANG=C.UTF-8"],
      User: "root",
      WorkingDir: workingDirectory,
      AttachStdin: input === "pipe",
      AttachStdout: true,
      AttachStderr: true,
      ...options,
    });
    const { Tty = false } = options;
    const stream: Duplex = await exec.start({ hijack: true, stdin: input === "pipe", Tty });
    return { exec, stream };
  }
}

async function exitOf(exec: Docker.Exec): Promise<ProcessExit | undefined> {
  try {
    const { ExitCode } = await exec.inspect();
    return ExitCode === null ? undefined : exitOfStatus(ExitCode);
  } catch {
    return undefined;
  }
}
