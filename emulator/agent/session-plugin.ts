import type { DecisionStep } from "../access/decision.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import type { OutputKind } from "../session/output-kind.ts";
import type { StartRefusal } from "./decide-shell.ts";

export type { OutputKind } from "../session/output-kind.ts";

/**
 * What a session does on its node, as the agent calls it: a shell, a command, a port. It reads and writes the data
 * channel's stream and knows nothing of frames and clients.
 */
export interface SessionPlugin {
  /** Takes input of the client in order; when it returns a promise, that resolves once the bytes were taken. */
  input(bytes: Uint8Array): Promise<void> | undefined;
  resize(size: TerminalSize): void;
  /** A flag of the client, see `protocol/flag.ts`; TerminateSession is not among them. */
  flag(value: number): void;
  /** Resolves when nothing that the plugin started is left on the node. Called once. */
  terminate(): Promise<void>;
}

/** What a plugin can do to its session. Nothing comes of it once the session is ending. */
export interface SessionPluginHost {
  /** Sends bytes to the client, and keeps views of them; when it returns a promise, send no more until that resolves. */
  output(bytes: Uint8Array, kind?: OutputKind): Promise<void> | undefined;
  /** Sends a flag to the client. */
  flag(value: number): void;
  /** The plugin ended by itself; without `failure` normally, else with what the client is told. */
  ended(failure?: string): void;
  onError(error: unknown): void;
}

export type PluginStart =
  | {
      readonly type: "started";
      readonly plugin: SessionPlugin;
      /** The OS user; `""` where nobody else than the agent does the work. */
      readonly userName: string;
      readonly steps: readonly DecisionStep[];
    }
  | StartRefusal;
