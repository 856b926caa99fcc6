import { readdir, readFile } from "node:fs/promises";
import type { EngineNode } from "../../emulator/nodes/engine-node.ts";

/** What a shell's command prints on the node, run as root, without the last line break. @throws Error when it fails */
export async function onNode(node: EngineNode, command: string): Promise<string> {
  const words = ["sh", "-c", `exec 2>&1; ${command}`];
  const program = await node.exec.start({ words, workingDirectory: "/", input: "none" });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const pieces: Buffer[] = [];
  program.onOutput = (piece) => pieces.push(piece);
  program.onEnd = resolve;
  await ended;
  const output = Buffer.concat(pieces).toString().replace(/\n$/, "");
  const exit = await program.exit();
  if (exit?.type === "exited" && exit.code === 0) return output;
  throw new Error(
    `\`${command}\` ended with ${exit?.type === "exited" ? exit.code : exit?.signal}: ${output}`,
  );
}

/** Processes of this machine whose words contain the text, as `PID WORDS`. */
export async function hostProcesses(text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return `${pid} ${words.replaceAll("\0", " ").trim()}`;
    }),
  );
  return lines.filter((line) => line.includes(text)).sort();
}
