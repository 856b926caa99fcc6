import { type ChildProcess, spawn } from "node:child_process";
import type { ExecCommand, NodeExec, NodeProgram, ProgramTerminal } from "../node-exec.ts";
import { nodeEnvironment } from "../program-environment.ts";
import { ChildProgram } from "./child-program.ts";
import { confinedWords } from "./confined-words.ts";
import { startOnMachineTerminal } from "./machine-terminal.ts";
import { namespaceEntrance } from "./namespace-entrance.ts";
import { nodeCapabilities } from "./node-rights.ts";

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
  readonly #children = new Set<ChildProcess>();

  constructor(options: NsenterExecOptions) {
    this.#options = options;
  }

  async start(command: ExecCommand): Promise<NodeProgram> {
    const [file = "", ...args] = this.#words(command, ["setsid", "--wait"]);
    const input = command.input === "pipe" ? "pipe" : "ignore";
    const stdio: ["pipe" | "ignore", "pipe", "pipe"] = [input, "pipe", "pipe"];
    const child = spawn(file, args, { cwd: "/", env: nodeEnvironment, stdio });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return await ChildProgram.of(child);
  }

  /** The node is ending. It waits for what was stopped there, for `nsenter` stops with its program, and would not see its end. */
  continueAll(): void {
    for (const child of this.#children) child.kill("SIGCONT");
  }

  async startOnTerminal(command: ExecCommand): Promise<ProgramTerminal> {
    // The terminal's session is one of the node, which is known there.
    return startOnMachineTerminal(this.#words(command, ["setsid", "--ctty", "--wait"]), nodeEnvironment);
  }

  #words({ words, workingDirectory }: ExecCommand, launcher: readonly string[]): readonly string[] {
    const { noNewPrivileges, limitFiles, pid, hasUserNamespace } = this.#options;
    return confinedWords(limitFiles, [
      ...namespaceEntrance({ pid, hasUserNamespace }, ["--mount", "--uts", "--ipc", "--net", "--pid"]),
      ...launcher,
      ...["setpriv", "--inh-caps=-all", `--bounding-set=${nodeCapabilities}`],
      ...(noNewPrivileges ? ["--no-new-privs"] : []),
      "--",
      // What has entered is in the root folder.
      ...(workingDirectory === "/" ? [] : ["env", "-C", workingDirectory]),
      ...words,
    ]);
  }
}
