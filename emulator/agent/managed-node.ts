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
  openTerminal(options: TerminalOptions): Promise<TerminalProcess>;
}

export interface TerminalOptions {
  readonly argv: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Undefined: stay root. */
  readonly credential: Credential | undefined;
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
