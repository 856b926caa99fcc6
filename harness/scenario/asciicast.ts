import type { TerminalSize } from "../../emulator/protocol/terminal-size.ts";

/** What an asciicast says about itself. */
export interface AsciicastHeader {
  readonly size: TerminalSize;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly title: string;
}

/** Something that happened on a recorded terminal, milliseconds after its start. */
export type AsciicastEvent =
  | { readonly type: "output"; readonly atMs: number; readonly text: string }
  | { readonly type: "resize"; readonly atMs: number; readonly size: TerminalSize };

/** A recording as players take it. @see asciicast v2 file format, docs.asciinema.org/manual/asciicast/v2 */
export function asciicast(header: AsciicastHeader, events: readonly AsciicastEvent[]): string {
  const { size, startedAt, title } = header;
  const head = {
    version: 2,
    width: size.columns,
    height: size.rows,
    timestamp: Math.floor(startedAt / 1_000),
    env: { SHELL: "/bin/sh", TERM: "xterm-256color" },
    title,
  };
  return [head, ...events.map(encode)].map((line) => `${JSON.stringify(line)}\n`).join("");
}

function encode(event: AsciicastEvent): readonly unknown[] {
  const seconds = Math.round(event.atMs) / 1_000;
  return event.type === "output"
    ? [seconds, "o", event.text]
    : [seconds, "r", `${event.size.columns}x${event.size.rows}`];
}
