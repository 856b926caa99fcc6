import { open } from "node:fs/promises";
import { ConfigError } from "../errors.ts";
import { builtInSeed } from "./built-in-seed.ts";
import { maxSeedBytes, readSeed } from "./read-seed.ts";
import type { Seed } from "./seed-schema.ts";

/**
 * The seed of that file; without a file, the built-in one.
 * @throws ConfigError when the file cannot be read, SeedError when it has mistakes
 */
export async function loadSeed(file: string | undefined): Promise<Seed> {
  if (file === undefined) return builtInSeed;
  return readSeed(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file);
    // One byte more than is allowed tells the reader that there is too much, whatever the file is.
    const bytes = Buffer.alloc(maxSeedBytes + 1);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.toString("utf8", 0, bytesRead);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${file}: expected a seed file, found: ${reason}`, { cause: error });
  }
}
