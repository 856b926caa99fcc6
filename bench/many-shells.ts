import { setTimeout as pause } from "node:timers/promises";
import { Crowd, openedAtOnce } from "./shared/crowd.ts";
import { openDataChannel } from "./shared/data-channel-shell.ts";
import { openExec } from "./shared/exec-shell.ts";
import type { Figure } from "./shared/figure.ts";
import type { Lab } from "./shared/lab.ts";
import { percentile } from "./shared/statistics.ts";

const counts = [50, 200];
const warmUpShells = 8;
/** The shells open in so many parts. */
const batches = 5;
/** Shells that have come to rest: their sockets' and timers' first work is done. */
const restMs = 500;
const bytesPerMegabyte = 1_000_000;

/** Many shells at once: how fast they open, what one key takes then, and what each costs the emulator in memory. */
export async function manyShells(lab: Lab): Promise<Figure[]> {
  // The first sessions also pay for code that is loaded and compiled once.
  await new Crowd(async () => openDataChannel(await lab.startSession())).open(warmUpShells);
  await lab.reset();
  const figures: Figure[] = [];
  for (const count of counts) figures.push(...(await withShells(lab, count)));
  return figures;
}

async function withShells(lab: Lab, count: number): Promise<Figure[]> {
  const exec = new Crowd(() => openExec(lab));
  const ours = new Crowd(async () => openDataChannel(await lab.startSession()));
  const before = await lab.memory();
  // In turn, so that whatever else the machine does meets both.
  for (let batch = 0; batch < batches; batch += 1) {
    await exec.open(count / batches);
    await ours.open(count / batches);
  }
  await pause(restMs);
  const open = await lab.memory();
  for (let batch = 0; batch < batches; batch += 1) {
    await exec.typeEverywhere();
    await ours.typeEverywhere();
  }
  await lab.reset();
  await exec.leave();

  const peer = (value: number) => ({ name: "the engine's exec", value });
  const perShell = (bytes: number) => bytes / count / bytesPerMegabyte;
  return [
    {
      name: `${count} shells: opened, ${openedAtOnce} at once`,
      unit: "shells/s",
      value: ours.openedPerSecond,
      peer: peer(exec.openedPerSecond),
      goal: undefined,
    },
    ...([0.5, 0.99] as const).map(
      (share): Figure => ({
        name: `${count} shells: echo of a key, p${100 * share}`,
        unit: "ms",
        value: percentile(ours.echoMs, share),
        peer: peer(percentile(exec.echoMs, share)),
        goal: undefined,
      }),
    ),
    {
      name: `${count} shells: heap of an idle one`,
      unit: "MB",
      value: perShell(open.heapUsed - before.heapUsed),
      peer: undefined,
      goal: { type: "at-most", bound: 1 },
    },
    {
      name: `${count} shells: resident memory of an idle one`,
      unit: "MB",
      value: perShell(open.rss - before.rss),
      peer: undefined,
      goal: undefined,
    },
  ];
}
