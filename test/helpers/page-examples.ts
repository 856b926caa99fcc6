import { readFileSync } from "node:fs";
import { join } from "node:path";

const docs = join(import.meta.dirname, "../../docs");

export interface PageExample {
  /** The heading above it. */
  readonly title: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Shell text, run in order. */
  readonly commands: readonly string[];
}

/**
 * The examples of a page: below each heading the blocks fenced as `LANGUAGE file=NAME`, each up to the block fenced as
 * `sh run` that runs them.
 */
export function examplesOf(page: string): readonly PageExample[] {
  const text = readFileSync(join(docs, page), "utf8");
  return text.split(/^## /m).flatMap((section) => {
    const title = section.slice(0, section.indexOf("\n"));
    const blocks = [...section.matchAll(/^```\w+ (file=(\S+)|run)\n([\s\S]*?)^```$/gm)];
    if (blocks.length === 0) return [];
    return {
      title,
      files: blocks.flatMap(([, , name, block = ""]) => (name === undefined ? [] : { name, text: block })),
      commands: blocks.flatMap(([, , name, block = ""]) => (name === undefined ? block : [])),
    };
  });
}
