import { spawn } from "node:child_process";
import type { ExecCommand, NodeExec, NodeProgram, ProgramTerminal } from "../node-exec.ts";
import { ChildProgram } from "./child-program.ts";
import { nodeCapabilities, nodeEnvironment } from "./node-rights.ts";
import { openPty } from "./pty-stream.ts";

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

/** A program that puts itself under limits, and becomes another. @param limitFiles as {@link NodeLimits} has them */
export function limitedWords(limitFiles: readonly string[], words: readonly string[]): readonly string[] {
  if (limitFiles.length === 0) return words;
  const script = 'for file in $1; do echo 0 >"$file"; done; shift; exec "$@"';
  return ["/bin/sh", "-c", script, "sh", limitFiles.join(" "), ...words];
}

/** Enters a node's namespaces, with no more rights than the node has. */
export class NsenterExec implements NodeExec {
  readonly #options: NsenterExecOptions;

  constructor(options: NsenterExecOptions) {
    this.#options = options;
  }

  async start(command: ExecCommand): Promise<NodeProgram> {
    const [file = "", ...args] = this.#words(command, []);
    const input = command.input === "pipe" ? "pipe" : "ignore";
    const stdio: ["pipe" | "ignore", "pipe", "pipe"] = [input, "pipe", "pipe"];
    return await ChildProgram.of(spawn(file, args, { cwd: "/", env: nodeEnvironment, stdio }));
  }

  async startOnTerminal(command: ExecCommand): Promise<ProgramTerminal> {
    // The terminal's session is one of the node, which is known there.
    return openPty(this.#words(command, ["setsid", "--ctty", "--wait"]), nodeEnvironment);
  }

  #words({ words, workingDirectory }: ExecCommand, launcher: readonly string[]): readonly string[] {
    const { pid, hasUserNamespace, noNewPrivileges, limitFiles } = this.#options;
    return limitedWords(limitFiles, [
      "nsenter",
      ...(hasUserNamespace ? ["--user"] : []),
      ...["--mount", "--uts", "--ipc", "--net", "--pid", "--target", String(pid), "--"],
      ...launcher,
      ...["setpriv", "--inh-caps=-all", `--bounding-set=${nodeCapabilities}`],
      ...(noNewPrivileges ? ["--no-new-privs"] : []),
      ...["--", "env", "-C", workingDirectory, ...words],
    ]);
  }
}
