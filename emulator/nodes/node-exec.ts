import type { Duplex, Writable } from "node:stream";
import type { ProcessExit } from "../agent/managed-node.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";

/** How an engine starts programs on a node, as root. What it throws is in the engine's own words, for callers to tell. */
export interface NodeExec {
  start(command: ExecCommand): Promise<NodeProgram>;
  /** The terminal has 0 columns × 0 rows. */
  startOnTerminal(command: ExecCommand): Promise<ProgramTerminal>;
}

export interface ExecCommand {
  readonly words: readonly string[];
  readonly workingDirectory: string;
  /** Without one, a program's standard input is empty. */
  readonly input: "none" | "pipe";
}

/** A program with pipes. Its output flows until it is paused. */
export interface NodeProgram {
  /** Set both before the first `await`. Words of the engine's own come as standard error. */
  onOutput: (piece: Buffer, from: "stdout" | "stderr") => void;
  /** There is no more output, or none can come any more. Called once, also after {@link destroy}. */
  onEnd: () => void;
  readonly input: Writable;
  pause(): void;
  resume(): void;
  /** Lets go of the pipes; the program is left alone. */
  destroy(): void;
  /** After the end of the output; undefined where the engine cannot tell. */
  exit(): Promise<ProcessExit | undefined>;
}

/** The other side of a program's terminal. */
export interface ProgramTerminal {
  readonly stream: Duplex;
  resize(size: TerminalSize): Promise<void>;
}
