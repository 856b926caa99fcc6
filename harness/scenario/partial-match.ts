import { isObject } from "../../emulator/documents/json-value.ts";
import { type FilePath, showPath, showValue } from "../../emulator/yaml-file/file-problem.ts";
import { isFoundIn, showPattern } from "./text-pattern.ts";

/** A value that is not as expected. */
export interface Mismatch {
  /** Such as `Sessions[0].Owner`; empty for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/**
 * Where a value is not as expected: mappings may have more members, lists have as many items, null means that there is
 * nothing, texts are equal or match `/…/`, times compare as ISO text.
 */
export function mismatches(expected: unknown, actual: unknown): readonly Mismatch[] {
  return compare(expected, toPlain(actual), []);
}

function compare(expected: unknown, actual: unknown, path: FilePath): readonly Mismatch[] {
  if (isObject(expected) && isObject(actual)) {
    return Object.entries(expected).flatMap(([name, value]) =>
      compare(value, toPlain(actual[name]), [...path, name]),
    );
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((value, index) => compare(value, toPlain(actual[index]), [...path, index]));
  }
  if (isSame(expected, actual)) return [];
  return [{ path: showPath(path), expected: show(expected), actual: showFound(actual) }];
}

function isSame(expected: unknown, actual: unknown): boolean {
  if (expected === null || expected === undefined) return actual === null || actual === undefined;
  if (typeof expected === "string" && typeof actual === "string") {
    return expected === actual || (/^\/.+\/$/s.test(expected) && isFoundIn(actual, expected));
  }
  return expected === actual;
}

function toPlain(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

function show(expected: unknown): string {
  if (typeof expected === "string") return showPattern(expected);
  return Array.isArray(expected) ? `a list of ${expected.length}` : showValue(expected);
}

function showFound(actual: unknown): string {
  return Array.isArray(actual) ? `a list of ${actual.length}` : showValue(actual);
}
