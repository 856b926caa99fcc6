import { setTimeout as pause } from "node:timers/promises";
import { openDataChannel } from "./shared/data-channel-shell.ts";
import { openExec } from "./shared/exec-shell.ts";
import type { Figure } from "./shared/figure.ts";
import type { Lab } from "./shared/lab.ts";
import { prompt, type Shell, shows, timeTyping } from "./shared/shell.ts";
import { percentile } from "./shared/statistics.ts";

const counts = [50, 200];
const openedAtOnce = 8;
const warmUpShells = 8;
/** In each shell a key is typed this often, all shells spread evenly over that time. */
const typingIntervalMs = 500;
const keysPerBatch = 2;
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

/** Shells that are open at once, and what was measured of them. */
class Crowd {
  readonly echoMs: number[] = [];
  readonly #open: () => Promise<Shell>;
  readonly #shells: Shell[] = [];
  #openingMs = 0;

  constructor(open: () => Promise<Shell>) {
    this.#open = open;
  }

  get openedPerSecond(): number {
    return this.#shells.length / (this.#openingMs / 1000);
  }

  /** Opens more shells to their prompts. */
  async open(count: number): Promise<void> {
    const startedAt = performance.now();
    let left = count;
    const openSome = async () => {
      while (left-- > 0) {
        const shell = await this.#open();
        this.#shells.push(shell);
        await shows(shell, prompt);
      }
    };
    await Promise.all(Array.from({ length: openedAtOnce }, openSome));
    this.#openingMs += performance.now() - startedAt;
  }

  /** Types a key in each shell, then another, spread evenly over the time. */
  async typeEverywhere(): Promise<void> {
    const typeIn = async (shell: Shell, index: number) => {
      await pause((index / this.#shells.length) * typingIntervalMs);
      for (let key = 0; key < keysPerBatch; key += 1) {
        this.echoMs.push((await timeTyping(shell, "x", "x")).elapsedMs);
        await pause(typingIntervalMs);
      }
    };
    await Promise.all(this.#shells.map(typeIn));
  }

  async leave(): Promise<void> {
    await Promise.all(this.#shells.map((shell) => shell[Symbol.asyncDispose]()));
  }
}
