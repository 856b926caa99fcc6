import { readFile } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import type { CommandResult } from "../access/user-lookup.ts";
import type { SessionProcess } from "../agent/node-administration.ts";
import type { Clock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";
import type { MarkedProcess, MarkSignal } from "./mark-scans.ts";
import { nodeError } from "./node-error.ts";
import type { ExecCommand, NodeProgram } from "./node-exec.ts";

const requestTimeoutMs = 15_000;
const maxAnswerBytes = 1024 * 1024;

const script = await readFile(new URL("node-agent.sh", import.meta.url), "utf8");

/** The shell that it speaks to. */
export const agentShell: ExecCommand = { words: ["/bin/sh", "-s"], workingDirectory: "/", input: "pipe" };

export interface AgentChannelOptions {
  /** Starts a root shell that reads its commands from its input. */
  readonly openShell: () => Promise<NodeProgram>;
  readonly clock: Clock;
  /** What the marks of our sessions begin with. */
  readonly markPrefix: string;
}

/**
 * One long-running process on a node that answers small requests in about a millisecond each, where an exec costs fifty.
 * It is opened by the first request, and again by the next one after it was lost.
 */
export class AgentChannel {
  readonly #options: AgentChannelOptions;
  readonly #pending = new Map<string, PendingRequest>();
  #shell: Promise<NodeProgram> | undefined;
  #lastId = 0;

  constructor(options: AgentChannelOptions) {
    this.#options = options;
  }

  /** Runs a program with these arguments as root. @throws ManagedNodeError */
  run(words: readonly string[]): Promise<CommandResult> {
    return this.#request("run", words);
  }

  /** The same with what it says on standard error among its output. @throws ManagedNodeError */
  runTold(words: readonly string[]): Promise<CommandResult> {
    return this.#request("run-told", words);
  }

  /** The lines of `/etc/passwd` and `/etc/group`, each behind its file's name and a colon. @throws ManagedNodeError */
  async accounts(): Promise<readonly string[]> {
    const { stdout } = await this.#request("accounts", []);
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** @see agent-behaviour reference, section 1.5 */
  async ensureSsmUser(): Promise<void> {
    await this.#request("ensure-ssm-user", []);
  }

  /** Sends a signal to a session's first process, if it still is that. @throws ManagedNodeError */
  async signalLeader(signal: string, leader: number, mark: string): Promise<void> {
    await this.#request("signal-leader", [signalName(signal), String(leader), mark]);
  }

  /** Sends a signal to all that carries one of the marks; returns these processes. @throws ManagedNodeError */
  async signalMarked(signal: MarkSignal, marks: readonly string[]): Promise<MarkedProcess[]> {
    const [mark = ""] = marks;
    const pattern = marks.length === 1 ? mark : this.#anyMark();
    const words = [signalName(signal), pattern, marks.join(" ")];
    const { stdout } = await this.#request("signal-marked", words);
    return stdout.split("\n").flatMap((line) => {
      const [pid, state, mark] = line.split(" ");
      return pid === undefined || state === undefined || mark === undefined ? [] : [{ state, mark }];
    });
  }

  /** Processes of all sessions of ours that are alive. @throws ManagedNodeError */
  async listMarked(): Promise<SessionProcess[]> {
    const { stdout } = await this.#request("list-marked", [this.#anyMark()]);
    return stdout.split("\n").flatMap((line) => {
      const [, pid, state = "", user = "", command = ""] = /^(\d+) (\S+) (\S+) (.*)$/.exec(line) ?? [];
      return pid === undefined ? [] : [{ pid: Number(pid), user, state, command }];
    });
  }

  /** Kills all processes of the node but its first and the channel's own. @throws ManagedNodeError */
  async killAll(): Promise<void> {
    await this.#request("kill-all", []);
  }

  /** Opens the channel now instead of at the first request. @throws ManagedNodeError */
  async open(): Promise<void> {
    await this.#connected();
  }

  /** Ends the node's side, which ends all sessions that are still open. @returns whether it was seen to end */
  async close(): Promise<boolean> {
    const shell = await this.#shell?.catch(() => undefined);
    if (shell === undefined) return false;
    const { promise: closed, resolve } = Promise.withResolvers<boolean>();
    const { onEnd } = shell;
    shell.onEnd = () => {
      onEnd();
      resolve(true);
    };
    const { clock } = this.#options;
    const cancel = clock.at(clock.now() + requestTimeoutMs, () => resolve(false));
    shell.input.end();
    const hasEnded = await closed;
    cancel();
    shell.destroy();
    return hasEnded;
  }

  #anyMark(): string {
    return `${this.#options.markPrefix}[0-9][0-9][0-9]`;
  }

  async #request(verb: string, words: readonly string[]): Promise<CommandResult> {
    if (words.some((word) => /[\n\0]/.test(word))) {
      throw new ManagedNodeError("An argument for the node contains a line break or NUL", { cause: words });
    }
    const { input } = await this.#connected();
    const id = String(++this.#lastId);
    const request = new PendingRequest();
    this.#pending.set(id, request);
    const { clock } = this.#options;
    const cancel = clock.at(clock.now() + requestTimeoutMs, () => {
      request.fail(new ManagedNodeError("The node did not answer in time", { cause: `${verb} timed out` }));
    });
    input.write(`${[id, verb, words.length, ...words].join("\n")}\n`);
    try {
      return await request.result;
    } finally {
      cancel();
      this.#pending.delete(id);
    }
  }

  #connected(): Promise<NodeProgram> {
    if (this.#shell !== undefined) return this.#shell;
    const forget = () => {
      if (this.#shell === connected) this.#shell = undefined;
    };
    const connected = this.#connect(forget).catch((cause: unknown) => {
      forget();
      throw nodeError("The node cannot be reached", cause);
    });
    this.#shell = connected;
    return connected;
  }

  async #connect(onLost: () => void): Promise<NodeProgram> {
    const { openShell, clock, markPrefix } = this.#options;
    const shell = await openShell();
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    let isLost = false;
    const lost = (cause?: unknown) => {
      if (isLost) return;
      isLost = true;
      onLost();
      const error = new ManagedNodeError("The connection to the node was lost", { cause });
      reject(error);
      for (const request of this.#pending.values()) request.fail(error);
      shell.destroy();
    };
    const readLines = lineReader((line) => (line === "ready" ? resolve() : this.#onLine(line)));
    shell.onOutput = (piece, from) => {
      if (from === "stdout" && readLines(piece) === "too-long")
        lost("a line of the node's answer is too long");
    };
    shell.onEnd = lost;
    const cancel = clock.at(clock.now() + requestTimeoutMs, () => lost("the node's shell did not start"));
    shell.input.write(`set -- ${markPrefix}\n${script}`);
    await ready.finally(cancel);
    return shell;
  }

  /** `ID = LINE` or `ID . EXIT-CODE`. */
  #onLine(line: string): void {
    const [, id = "", kind, text = ""] = /^(\d+) ([=.]) (.*)$/s.exec(line) ?? [];
    const request = this.#pending.get(id);
    if (kind === "=") request?.add(`${text}\n`);
    else if (kind === ".") request?.finish(Number(text));
  }
}

/** As the shell's `kill` has it. */
function signalName(signal: string): string {
  return signal.replace(/^SIG/, "");
}

class PendingRequest {
  readonly result: Promise<CommandResult>;
  readonly finish: (exitCode: number) => void;
  readonly fail: (error: ManagedNodeError) => void;
  #stdout = "";

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
    this.result = promise;
    this.finish = (exitCode) => resolve({ exitCode, stdout: this.#stdout });
    this.fail = reject;
  }

  add(text: string): void {
    this.#stdout += text;
    if (this.#stdout.length > maxAnswerBytes) {
      this.fail(
        new ManagedNodeError("The node's answer is too long", { cause: `over ${maxAnswerBytes} bytes` }),
      );
      this.#stdout = "";
    }
  }
}

function lineReader(onLine: (line: string) => void): (piece: Buffer) => "read" | "too-long" {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return (piece) => {
    const lines = (rest + decoder.write(piece)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
    return rest.length > maxAnswerBytes ? "too-long" : "read";
  };
}
