import type { Readable, Writable } from "node:stream";
import type { SessionEnd } from "./session-end.ts";

/** A program's own streams; `input` and `output` may be a terminal. */
export interface ProgramStreams {
  readonly input: Readable & Partial<Pick<NodeJS.ReadStream, "isTTY" | "setRawMode">>;
  readonly output: Writable & Partial<Pick<NodeJS.WriteStream, "isTTY" | "columns" | "rows">>;
}

/** The user's side of a session that has begun. */
export interface SessionFront extends AsyncDisposable {
  /** Takes output; when it returns a promise, it takes more once that has resolved. */
  receive(bytes: Uint8Array): Promise<void> | undefined;
  onFlag(value: number): void;
  /** Resolves when the user's side is over before the session is. */
  readonly over: Promise<SessionEnd>;
}
