import type { Duplex } from "node:stream";
import type { Credential, UserLookup } from "../access/user-lookup.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";

/** What the built-in agent needs of a node; each node engine provides it. @throws ManagedNodeError, all of them. */
export interface ManagedNode {
  readonly nodeId: string;
  /** Runs `id`, `id -u` and `id -g` on the node with these words as arguments, never inside a shell's text. */
  lookUpUser(words: readonly string[]): Promise<UserLookup>;
  /**
   * Makes `ssm-user` with its sudoers file if it is missing. Failures are left to the next look-up, as the agent does.
   * @see agent-behaviour reference, section 1.5
   */
  ensureSsmUser(): Promise<void>;
  /** Opens a process on a terminal of 0 columns × 0 rows. */
  openTerminal(options: ProcessOptions): Promise<TerminalProcess>;
  /**
   * Opens a process without a terminal, whose standard input is empty. The error of a program that cannot be run has the
   * code that the system gave: `ENOENT`, `EACCES` and so on.
   */
  openProcess(options: PipedProcessOptions): Promise<PipedProcess>;
  /** The addresses of a host as the node's resolver has them, in its order; none when it knows no such name. */
  resolveHost(host: string): Promise<readonly string[]>;
  /**
   * Connects to a TCP port from the node. Like node:net's, the socket is still connecting and emits `connect`, or else
   * `error`, a ManagedNodeError with the system's code such as `ECONNREFUSED`, and `close`.
   */
  dial(destination: SocketAddress): Duplex;
}

export interface SocketAddress {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
}

export interface ProcessOptions {
  /** A program without a slash is looked for in {@link environment}'s PATH. */
  readonly argv: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Undefined: stay root. */
  readonly credential: Credential | undefined;
}

export interface PipedProcessOptions extends ProcessOptions {
  /** Standard error goes into standard output's pipe, so that both keep the order in which they were written. */
  readonly joinOutput: boolean;
}

/** A process on a terminal. Its output waits in the terminal while it is paused. */
export interface TerminalProcess {
  /** Both are called at most once per event; set them before the first `await`. */
  onOutput: (bytes: Uint8Array) => void;
  /** The output has ended: the process and its terminal are gone. Called once, after the last output. */
  onEnd: () => void;
  /**
   * Input bytes in order; resolves when the terminal took them. What is written before the first `await` is echoed ahead
   * of the process's own output.
   */
  write(bytes: Uint8Array): Promise<void>;
  resize(size: TerminalSize): Promise<void>;
  pause(): void;
  resume(): void;
  /** Kills everything the process ever started, also what left its session; resolves when none of it is left. */
  terminate(): Promise<void>;
}

/** A process with pipes for its output, which waits in them while it is paused. */
export interface PipedProcess {
  /** Set both before the first `await`. */
  onOutput: (bytes: Uint8Array, from: "stdout" | "stderr") => void;
  /** The process has ended and all its output was handed over. Called once. */
  onEnd: (exit: ProcessExit) => void;
  pause(): void;
  resume(): void;
  /** Sends the signal to this process alone; harmless when it has ended. */
  signal(name: "SIGINT" | "SIGQUIT"): Promise<void>;
  /** Kills everything the process ever started, also what left its session; resolves when none of it is left. */
  terminate(): Promise<void>;
}

export type ProcessExit =
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "killed"; readonly signal: string };
