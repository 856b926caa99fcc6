import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { ManagedNodeError } from "../../errors.ts";
import { nodeEnvironment } from "../program-environment.ts";

/** Unpacking a large image on a slow disk takes minutes. */
const defaultTimeoutMs = 600_000;

/**
 * Runs one of this machine's programs to its end.
 * @throws ManagedNodeError with what it said on standard error
 */
export async function runTool(
  words: readonly string[],
  {
    input,
    timeoutMs = defaultTimeoutMs,
  }: { readonly input?: AsyncIterable<Uint8Array> | string; readonly timeoutMs?: number } = {},
): Promise<void> {
  const [file = "", ...args] = words;
  const child = spawn(file, args, {
    cwd: "/",
    env: nodeEnvironment,
    stdio: ["pipe", "ignore", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const closed = once(child, "close");
  const complaint = text(child.stderr);
  const isFed =
    typeof input === "object"
      ? pipeline(input, child.stdin)
      : new Promise<void>((resolve) => child.stdin.on("error", () => resolve()).end(input, resolve));
  const [end, fed] = await Promise.allSettled([closed, isFed]);
  if (end.status === "rejected") throw new ManagedNodeError(String(end.reason), { cause: end.reason });
  const [code] = end.value as [number | null];
  if (code !== 0) {
    const reason = (await complaint).trim() || `\`${file}\` ended with ${code ?? "a signal"}`;
    throw new ManagedNodeError(reason, { cause: reason });
  }
  if (fed.status === "rejected") throw fed.reason;
}
