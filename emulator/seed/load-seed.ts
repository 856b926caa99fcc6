import { readTextFile } from "../yaml-file/read-text-file.ts";
import { builtInSeed } from "./built-in-seed.ts";
import { readSeed } from "./read-seed.ts";
import type { Seed } from "./seed-schema.ts";

/**
 * The seed of that file; without a file, the built-in one.
 * @throws ConfigError when the file cannot be read, FileError when it has mistakes
 */
export async function loadSeed(file: string | undefined): Promise<Seed> {
  if (file === undefined) return builtInSeed;
  return readSeed(await readTextFile(file, "a seed file"), file);
}
