import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { FilePath } from "./file-problem.ts";

/** Where in the file a value stands; where its nearest holder stands, when the value itself is not there. */
export function locate(
  document: Document,
  lines: LineCounter,
  target: { readonly path: FilePath; readonly isAboutName: boolean },
): { readonly line: number; readonly column: number } {
  const offset = findOffset(document, target.path, target.isAboutName);
  // An empty file has no lines to count.
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function findOffset(document: Document, path: FilePath, isAboutName: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    if (isMap(holder)) {
      const pair = holder.items.find((item) => isPair(item) && nameOf(item.key) === String(step));
      const isName = isAboutName && index === path.length - 1;
      node = isName ? pair?.key : pair?.value;
      offset = startOf(node) ?? startOf(pair?.key) ?? offset;
    } else if (isSeq(holder) && typeof step === "number") {
      node = holder.items[step];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function nameOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
