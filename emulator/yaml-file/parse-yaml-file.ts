import { type Document, isScalar, LineCounter, parseDocument, type YAMLError } from "yaml";
import { nestsDeeperThan } from "../documents/json-value.ts";
import { FileError, type FileMistake } from "./file-error.ts";
import { type FilePath, type FileProblem, showPath, showValue } from "./file-problem.ts";
import { locate } from "./locate.ts";

/** Far beyond a seed of thousands of users. */
export const maxFileBytes = 1_024 * 1_024;
/** Aliases count for the nodes they expand to, so a few lines of YAML cannot grow into gigabytes. */
const maxAliases = 100;
/** Far beyond a session document, and shallow enough to walk recursively. */
const maxDepth = 64;

/** A YAML file whose syntax is right. */
export interface YamlFile {
  /** How messages name it. */
  readonly file: string;
  /** An empty file is an empty mapping. */
  readonly value: unknown;
  /** Where a value stands; where its nearest holder stands, when the value itself is not there. */
  positionOf(path: FilePath): { readonly line: number; readonly column: number };
  /** What is wrong with it, each thing in its place. */
  refuse(problems: readonly FileProblem[]): FileError;
}

/**
 * Reads the text of a YAML or JSON file.
 * @param options.digits values whose digits are text, not a number
 * @throws FileError with every mistake of syntax, or for what is too large, too deep or too full of aliases
 */
export function parseYamlFile(
  text: string,
  file: string,
  options: { readonly digits?: readonly FilePath[] } = {},
): YamlFile {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxFileBytes) {
    throw new FileError(file, [atTop(`at most ${maxFileBytes} bytes`, `${bytes} bytes`)]);
  }
  const lines = new LineCounter();
  const { document, value } = parse(text, file, { lines, digits: options.digits ?? [] });
  return {
    file,
    value,
    positionOf: (path) => locate(document, lines, { path, isAboutName: true }),
    refuse: (problems) =>
      new FileError(
        file,
        problems.map((problem) => toMistake(problem, document, lines)),
      ),
  };
}

function parse(
  text: string,
  file: string,
  { lines, digits }: { readonly lines: LineCounter; readonly digits: readonly FilePath[] },
): { document: Document; value: unknown } {
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: "error", prettyErrors: false });
    if (document.errors.length > 0) {
      throw new FileError(
        file,
        document.errors.map((error) => syntaxMistake(error, lines)),
      );
    }
    for (const path of digits) keepDigits(document, path);
    const value: unknown = document.toJS({ maxAliasCount: maxAliases }) ?? {};
    if (nestsDeeperThan(value, maxDepth)) {
      throw new FileError(file, [atTop(`at most ${maxDepth} levels`, "deeper nesting")]);
    }
    return { document, value };
  } catch (error) {
    if (error instanceof FileError) throw error;
    // The parser throws only for what it will not expand: too many aliases, or nesting beyond the stack.
    throw new FileError(file, [atTop("YAML of limited size", showReason(error))]);
  }
}

/** An account id without quotes is a number to YAML, and loses its leading zeros. */
function keepDigits(document: Document, path: FilePath): void {
  const node = document.getIn(path, true);
  if (isScalar(node) && typeof node.value === "number" && node.source !== undefined) node.value = node.source;
}

function syntaxMistake(error: YAMLError, lines: LineCounter): FileMistake {
  const { line, col } = lines.linePos(error.pos[0]);
  return {
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    path: "",
    expected: "YAML",
    found: error.message,
  };
}

function toMistake(problem: FileProblem, document: Document, lines: LineCounter): FileMistake {
  const { path, expected, found } = problem;
  return { ...locate(document, lines, problem), path: showPath(path), expected, found };
}

function atTop(expected: string, found: string): FileMistake {
  return { line: 1, column: 1, path: "", expected, found };
}

function showReason(error: unknown): string {
  return error instanceof Error ? error.message : showValue(error);
}
