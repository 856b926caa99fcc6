import { spawn } from "node:child_process";
import type { SocketAddress } from "../../agent/managed-node.ts";
import { nodeErrorWithCode } from "../node-error.ts";
import type { ExecCommand, NodeExec, NodeProgram, ProgramTerminal } from "../node-exec.ts";
import type { Connection, ConnectionSink } from "../node-processes.ts";
import { ChildProgram } from "./child-program.ts";
import { confinedWords } from "./confined-words.ts";
import { Dialer } from "./dialer.ts";
import { startOnMachineTerminal } from "./machine-terminal.ts";
import { nodeCapabilities, nodeEnvironment } from "./node-rights.ts";
import { socketConnection } from "./socket-connection.ts";

export interface NsenterExecOptions {
  /** The id of the node's first process, as it is here. */
  readonly pid: number;
  /** Whether the node has a user namespace. */
  readonly hasUserNamespace: boolean;
  /** Whether nothing on the node can give a process more rights: where there is no sudo, nothing needs that. */
  readonly noNewPrivileges: boolean;
  /** Files by which a process puts itself under the node's limits. */
  readonly limitFiles: readonly string[];
}

/** Enters a node's namespaces, with no more rights than the node has. */
export class NsenterExec implements NodeExec {
  readonly #options: NsenterExecOptions;
  readonly #dialer: Dialer;

  constructor(options: NsenterExecOptions) {
    this.#options = options;
    this.#dialer = new Dialer(this.#entrance("--net"));
  }

  async start(command: ExecCommand): Promise<NodeProgram> {
    const [file = "", ...args] = this.#words(command, ["setsid", "--wait"]);
    const input = command.input === "pipe" ? "pipe" : "ignore";
    const stdio: ["pipe" | "ignore", "pipe", "pipe"] = [input, "pipe", "pipe"];
    return await ChildProgram.of(spawn(file, args, { cwd: "/", env: nodeEnvironment, stdio }));
  }

  async startOnTerminal(command: ExecCommand): Promise<ProgramTerminal> {
    // The terminal's session is one of the node, which is known there.
    return startOnMachineTerminal(this.#words(command, ["setsid", "--ctty", "--wait"]), nodeEnvironment);
  }

  async connect(destination: SocketAddress, sink: ConnectionSink): Promise<Connection> {
    try {
      return socketConnection(await this.#dialer.connect(destination), sink);
    } catch (cause) {
      throw nodeErrorWithCode("The node could not connect", cause);
    }
  }

  /** After the node's end. */
  close(): void {
    this.#dialer.close();
  }

  #entrance(...namespaces: readonly string[]): string[] {
    const { pid, hasUserNamespace } = this.#options;
    const user = hasUserNamespace ? ["--user"] : [];
    return ["nsenter", ...user, ...namespaces, "--target", String(pid), "--"];
  }

  #words({ words, workingDirectory }: ExecCommand, launcher: readonly string[]): readonly string[] {
    const { noNewPrivileges, limitFiles } = this.#options;
    return confinedWords(limitFiles, [
      ...this.#entrance("--mount", "--uts", "--ipc", "--net", "--pid"),
      ...launcher,
      ...["setpriv", "--inh-caps=-all", `--bounding-set=${nodeCapabilities}`],
      ...(noNewPrivileges ? ["--no-new-privs"] : []),
      ...["--", "env", "-C", workingDirectory, ...words],
    ]);
  }
}
