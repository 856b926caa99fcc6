import { ConfigError } from "../errors.ts";

/** One thing wrong in a file. */
export interface FileMistake {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Such as `nodes[0].users[1].uid`; empty for the file as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

const maxMistakes = 10;

/** A file that was refused, with the first ten mistakes in it in the file's order. */
export class FileError extends ConfigError {
  readonly file: string;
  readonly mistakes: readonly FileMistake[];

  constructor(file: string, mistakes: readonly FileMistake[]) {
    const sorted = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(describe(file, sorted));
    this.file = file;
    this.mistakes = sorted.slice(0, maxMistakes);
  }
}

function describe(file: string, mistakes: readonly FileMistake[]): string {
  const lines = mistakes
    .slice(0, maxMistakes)
    .map(
      ({ line, column, path, expected, found }) =>
        `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}expected ${expected}, found ${found}`,
    );
  const more = mistakes.length - maxMistakes;
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
}
