import { join } from "node:path";
import type { Figure } from "./shared/figure.ts";
import { inTurn, type Measurement } from "./shared/in-turn.ts";
import { awsStartSession, dockerExec, type Lab, stockClient } from "./shared/lab.ts";
import { type Shell, shows, timeTyping } from "./shared/shell.ts";
import { median } from "./shared/statistics.ts";
import { openOnTerminal } from "./shared/terminal-shell.ts";

const rounds = 3;
const sourceMebibytes = 75;
/** For the round that is dropped. */
const warmUpMebibytes = 2;
const charactersPerLine = 76;
const bytesPerMegabyte = 1_000_000;

/** How fast 100 MB of text come out of a shell into a pipe, against the same command under `docker exec`. */
export async function bulk(lab: Lab): Promise<Figure[]> {
  await using raw = await openCounted(dockerExec(lab, "-i"), lab);
  await using docker = await openCounted(dockerExec(lab, "-it"), lab);
  await using client = await openCounted(await benchClient(lab), lab);
  await using plugin = stockClient.hasCli ? await openCounted(awsStartSession, lab) : undefined;

  const rates = await inTurn(rounds, {
    raw: rate(raw),
    docker: rate(docker),
    client: rate(client),
    ...(plugin !== undefined && { plugin: rate(plugin) }),
  });
  const peer = { name: "docker exec -it", value: median(rates.docker) };
  const rawPeer = { name: "docker exec, no terminal", value: median(rates.raw) };
  const goal = { type: "ratio-at-least", bound: 1 } as const;
  const figure = { name: "bulk: aws ssm start-session and plugin", unit: "MB/s" } as const;
  const byBenchClient: Figure = {
    name: "bulk: bench client",
    unit: "MB/s",
    value: median(rates.client),
    peer,
    goal: plugin === undefined ? goal : undefined,
  };
  if (rates.plugin === undefined) return [byBenchClient];
  const value = median(rates.plugin);
  return [
    { ...figure, value, peer, goal, realAgent: 0.8 },
    { ...figure, value, peer: rawPeer, goal: undefined },
    byBenchClient,
  ];
}

/** A shell whose output goes into a pipe and is counted there; what shows are the counts. */
async function openCounted(command: readonly string[], { environment }: Lab): Promise<Shell> {
  const count = join(import.meta.dirname, "shared", "count-output.ts");
  const pipe = ["sh", "-c", `"$@" | "${process.execPath}" "${count}"`, "sh", ...command];
  const shell = openOnTerminal(pipe, environment);
  const isReady = shows(shell, /<41:\d+>/);
  shell.type("echo mark-$((40+1))\r");
  await isReady;
  return shell;
}

async function benchClient(lab: Lab): Promise<string[]> {
  const program = join(import.meta.dirname, "shared", "client-program.ts");
  return [process.execPath, program, JSON.stringify(await lab.startSession())];
}

/** In megabytes of text a second. */
function rate(shell: Shell): Measurement {
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
