import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createHash } from "node:crypto";

/** More than the data channel's window, several times: 5 MB. */
const lastNumber = 650_000;
export const bulkCommand = `seq -w 1 ${lastNumber}`;

/** Digest of what the command prints on a terminal. */
export function bulkDigest(): string {
  const digest = createHash("sha256");
  for (let number = 1; number <= lastNumber; number += 1) {
    digest.update(`${String(number).padStart(6, "0")}\r\n`);
  }
  return digest.digest("hex");
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Lets a plugin's shell print it and exit. Resolves with all that the plugin has shown. */
export async function bulkThrough(plugin: ChildProcessWithoutNullStreams): Promise<string> {
  const chunks: Buffer[] = [];
  plugin.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const exited = new Promise((resolve) => plugin.on("close", resolve));
  // The end of its input ends the plugin, so its input stays open.
  plugin.stdin.write(`${bulkCommand}; exit\n`);
  await exited;
  return Buffer.concat(chunks).toString();
}

/** The command's own part of what was shown. */
export function bulkIn(output: string): string {
  const start = output.indexOf("000001\r\n");
  return output.slice(start, output.indexOf("exit\r\n", start));
}
