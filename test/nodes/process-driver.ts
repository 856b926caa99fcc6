import type { ManagedNode, PipedProcessOptions, ProcessExit } from "../../emulator/agent/managed-node.ts";
import { aliceOn } from "./terminal-driver.ts";

/** A process with its output so far. */
export interface DrivenProcess {
  readonly process: Awaited<ReturnType<ManagedNode["openProcess"]>>;
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<ProcessExit>;
}

export async function openProcess(
  node: ManagedNode,
  argv: readonly string[],
  options: Partial<PipedProcessOptions> = {},
): Promise<DrivenProcess> {
  const credential = "credential" in options ? options.credential : await aliceOn(node);
  const process = await node.openProcess({
    environment: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    workingDirectory: "/usr/bin/",
    joinOutput: false,
    ...options,
    argv,
    credential,
  });
  const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  const { promise: ended, resolve } = Promise.withResolvers<ProcessExit>();
  process.onOutput = (bytes, from) => chunks[from].push(Buffer.from(bytes));
  process.onEnd = resolve;
  const text = (from: "stdout" | "stderr") => Buffer.concat(chunks[from]).toString();
  return { process, ended, output: () => ({ stdout: text("stdout"), stderr: text("stderr") }) };
}

/** Runs a process to its end. */
export async function runProcess(...parameters: Parameters<typeof openProcess>) {
  const { process, ended, output } = await openProcess(...parameters);
  const exit = await ended;
  await process.terminate();
  return { ...output(), exit };
}
