import type {
  PipedProcess,
  PipedProcessOptions,
  ProcessOptions,
  SocketAddress,
  TerminalProcess,
} from "../agent/managed-node.ts";
import type { Clock } from "../clock.ts";
import { pipedCommand, toolCommand } from "./exec-command.ts";
import { ExecConnection, socatWords } from "./exec-connection.ts";
import { ExecPipes } from "./exec-pipes.ts";
import { openExecTerminal } from "./exec-terminal.ts";
import { mustFindProgram } from "./find-program.ts";
import type { MarkedSessions } from "./marked-sessions.ts";
import { nodeErrorWithCode } from "./node-error.ts";
import type { ExecCommand, NodeExec } from "./node-exec.ts";
import type { Connection, ConnectionSink, MarkedSession, NodeProcesses } from "./node-processes.ts";
import type { RunOnNode } from "./node-users.ts";
import { PipedRun } from "./piped-run.ts";

export interface ExecProcessesOptions {
  readonly exec: NodeExec;
  readonly clock: Clock;
  readonly run: RunOnNode;
  /** For the tools by which this connects and looks hosts up. */
  readonly sessions: MarkedSessions;
}

/** The way to processes and connections that every node offers: an exec of its engine's for each. */
export class ExecProcesses implements NodeProcesses {
  readonly #options: ExecProcessesOptions;

  constructor(options: ExecProcessesOptions) {
    this.#options = options;
  }

  async openTerminal(options: ProcessOptions, session: MarkedSession): Promise<TerminalProcess> {
    const { exec, clock, run } = this.#options;
    try {
      await mustFindProgram(run, options);
    } catch (cause) {
      throw nodeErrorWithCode("The node could not open a terminal", cause);
    }
    return await openExecTerminal({ ...options, exec, clock, session });
  }

  async openProcess(options: PipedProcessOptions, session: MarkedSession): Promise<PipedProcess> {
    const { clock, run } = this.#options;
    try {
      await mustFindProgram(run, options);
      const words = pipedCommand(options, session.mark);
      const { workingDirectory } = options;
      const { pipes, leader } = await this.#open(words, { workingDirectory });
      const signal = (name: string) => session.signal(leader, name);
      return new PipedRun({ output: pipes, session, leader, clock, signal });
    } catch (cause) {
      throw nodeErrorWithCode("The node could not start a process", cause);
    }
  }

  async connect(destination: SocketAddress, sink: ConnectionSink): Promise<Connection> {
    try {
      return await this.#options.sessions.open(async (session) => {
        const command = toolCommand(socatWords(destination), session.mark);
        const { pipes, leader } = await this.#open(command, { input: "pipe" });
        const connection = new ExecConnection(pipes, session, leader, sink);
        await connection.opened;
        return connection;
      });
    } catch (cause) {
      throw nodeErrorWithCode("The node could not connect", cause);
    }
  }

  async resolveHost(host: string): Promise<readonly string[]> {
    const process = await this.#options.sessions.open((session) =>
      this.#runTool(["getent", "ahosts", "--", host], session),
    );
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const answer: Uint8Array[] = [];
    process.onOutput = (bytes, from) => from === "stdout" && answer.push(bytes);
    process.onEnd = () => resolve();
    await ended;
    await process.terminate();
    const lines = Buffer.concat(answer).toString().split("\n");
    return lines.flatMap((line) => /^(\S+) +STREAM/.exec(line)?.[1] ?? []);
  }

  async #runTool(words: readonly string[], session: MarkedSession): Promise<PipedRun> {
    try {
      const { pipes, leader } = await this.#open(toolCommand(words, session.mark));
      const { clock } = this.#options;
      return new PipedRun({ output: pipes, session, leader, clock, signal: async () => {} });
    } catch (cause) {
      throw nodeErrorWithCode("The node could not look up a host", cause);
    }
  }

  #open(words: readonly string[], { workingDirectory = "/", input = "none" }: Partial<ExecCommand> = {}) {
    const { exec, clock } = this.#options;
    return ExecPipes.open({ exec, clock, command: { words, workingDirectory, input } });
  }
}
