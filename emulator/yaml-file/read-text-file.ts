import { open } from "node:fs/promises";
import { ConfigError } from "../errors.ts";
import { maxFileBytes } from "./parse-yaml-file.ts";

/**
 * The text of a file, or as much of it as tells that there is too much.
 * @param kind what messages expect, e.g. `a seed file`
 * @throws ConfigError when it cannot be read
 */
export async function readTextFile(file: string, kind: string): Promise<string> {
  try {
    await using handle = await open(file);
    // One byte more than is allowed tells the reader that there is too much, whatever the file is.
    const bytes = Buffer.alloc(maxFileBytes + 1);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.toString("utf8", 0, bytesRead);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${file}: expected ${kind}, found: ${reason}`, { cause: error });
  }
}
