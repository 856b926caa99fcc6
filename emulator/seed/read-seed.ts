import { type Document, isScalar, LineCounter, parseDocument, type YAMLError } from "yaml";
import { isObject, nestsDeeperThan } from "../documents/json-value.ts";
import { checkDuplicates } from "./check-duplicates.ts";
import { checkReferences } from "./check-references.ts";
import { checkShape } from "./check-shape.ts";
import { locate } from "./locate.ts";
import { SeedError, type SeedMistake } from "./seed-error.ts";
import { type SeedProblem, showPath, showValue } from "./seed-problem.ts";
import type { Seed } from "./seed-schema.ts";

/** Far beyond a seed of thousands of users. */
export const maxSeedBytes = 1_024 * 1_024;
/** Aliases count for the nodes they expand to, so a few lines of YAML cannot grow into gigabytes. */
const maxAliases = 100;
/** Far beyond a session document, and shallow enough to walk recursively. */
const maxDepth = 64;

/**
 * Reads the text of a seed file, YAML or JSON; what it leaves out has its default.
 * @param file how messages name it
 * @throws SeedError with every mistake of a kind: of syntax, else of shape, else of meaning
 */
export function readSeed(text: string, file: string): Seed {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxSeedBytes) {
    throw new SeedError(file, [atTop(`at most ${maxSeedBytes} bytes`, `${bytes} bytes`)]);
  }
  const lines = new LineCounter();
  const { document, value } = parse(text, file, lines);
  const shape = checkShape(value);
  const problems =
    shape.type === "problems"
      ? shape.problems
      : [...checkDuplicates(shape.seed), ...checkReferences(shape.seed)];
  if (shape.type === "seed" && problems.length === 0) return shape.seed;
  throw new SeedError(
    file,
    problems.map((problem) => toMistake(problem, document, lines)),
  );
}

function parse(text: string, file: string, lines: LineCounter): { document: Document; value: unknown } {
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: "error", prettyErrors: false });
    if (document.errors.length > 0) {
      throw new SeedError(
        file,
        document.errors.map((error) => syntaxMistake(error, lines)),
      );
    }
    keepDigits(document, "account");
    const value: unknown = document.toJS({ maxAliasCount: maxAliases }) ?? {};
    if (nestsDeeperThan(value, maxDepth)) {
      throw new SeedError(file, [atTop(`at most ${maxDepth} levels`, "deeper nesting")]);
    }
    return { document, value: withoutEmptyMembers(value) };
  } catch (error) {
    if (error instanceof SeedError) throw error;
    // The parser throws only for what it will not expand: too many aliases, or nesting beyond the stack.
    throw new SeedError(file, [atTop("YAML of limited size", showReason(error))]);
  }
}

/** An account id without quotes is a number to YAML, and loses its leading zeros. */
function keepDigits(document: Document, member: string): void {
  const node = document.getIn([member], true);
  if (isScalar(node) && typeof node.value === "number" && node.source !== undefined) node.value = node.source;
}

/** `users:` with nothing after it is as good as no `users`. */
function withoutEmptyMembers(value: unknown): unknown {
  if (!isObject(value)) return value;
  return withoutNulls(
    mapValues(value, (section) =>
      Array.isArray(section) ? section.map((item) => (isObject(item) ? withoutNulls(item) : item)) : section,
    ),
  );
}

function withoutNulls(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

function mapValues(members: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}

function syntaxMistake(error: YAMLError, lines: LineCounter): SeedMistake {
  const { line, col } = lines.linePos(error.pos[0]);
  return {
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    path: "",
    expected: "YAML",
    found: error.message,
  };
}

function toMistake(problem: SeedProblem, document: Document, lines: LineCounter): SeedMistake {
  const { path, expected, found } = problem;
  return { ...locate(document, lines, problem), path: showPath(path), expected, found };
}

function atTop(expected: string, found: string): SeedMistake {
  return { line: 1, column: 1, path: "", expected, found };
}

function showReason(error: unknown): string {
  return error instanceof Error ? error.message : showValue(error);
}
