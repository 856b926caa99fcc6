import { join } from "node:path";
import type { Measurement } from "./in-turn.ts";
import { type Shell, shows, timeTyping } from "./shell.ts";
import type { Subject } from "./subject.ts";
import { openOnTerminal } from "./terminal-shell.ts";

const sourceMebibytes = 24;
/** For the round that is dropped. */
const warmUpMebibytes = 2;
const charactersPerLine = 76;
const bytesPerMegabyte = 1_000_000;

/** A shell whose output goes into a pipe and is counted there; what shows are the counts. */
export async function openCounted(command: readonly string[], { environment }: Subject): Promise<Shell> {
  const count = join(import.meta.dirname, "count-output.ts");
  const pipe = ["sh", "-c", `"$@" | "${process.execPath}" "${count}"`, "sh", ...command];
  const shell = openOnTerminal(pipe, environment);
  const isReady = shows(shell, /<41:\d+>/);
  shell.type("echo mark-$((40+1))\r");
  await isReady;
  return shell;
}

/** Words that open a session by the bench's own client. */
export async function benchClient(subject: Subject): Promise<string[]> {
  const program = join(import.meta.dirname, "client-program.ts");
  return [process.execPath, program, JSON.stringify(await subject.startSession())];
}

/** How fast 100 MB of text come out of a shell, in megabytes a second. */
export function outputRate(shell: Shell): Measurement {
  let bytesBefore: number | undefined;
  return async () => {
    const mebibytes = bytesBefore === undefined ? warmUpMebibytes : sourceMebibytes;
    const command = `head -c ${mebibytes}M /dev/zero | base64; echo mark-$((6*7))\r`;
    const { elapsedMs, text } = await timeTyping(shell, command, /<42:\d+>/);
    const bytes = Number(/<42:(\d+)>/.exec(text)?.[1]);
    const expected = textBytes(mebibytes);
    const received = bytes - (bytesBefore ?? 0);
    if (received < expected) throw new Error(`Of ${expected} bytes came ${received}`);
    bytesBefore = bytes;
    return expected / bytesPerMegabyte / (elapsedMs / 1000);
  };
}

/** What base64 makes of so much, as it writes it: a terminal adds a carriage return to each line. */
function textBytes(mebibytes: number): number {
  const characters = Math.ceil((mebibytes * 1024 * 1024) / 3) * 4;
  return characters + Math.ceil(characters / charactersPerLine);
}
