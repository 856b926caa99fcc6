import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const file = join(import.meta.dirname, "..", "README.md");
const begin = "<!-- figures: written by `npm run bench -- --update` -->";
const end = "<!-- end of figures -->";

/** Puts these paragraphs in the place of the figures that `bench/README.md` shows. */
export async function updateReadme(paragraphs: readonly string[]): Promise<void> {
  const text = await readFile(file, "utf8");
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no place for figures`);
  await writeFile(file, [text.slice(0, from) + begin, ...paragraphs, text.slice(to)].join("\n\n"));
}
