/**
 * Measures the emulator against its peers in one run and prints the figures.
 * @example node bench/run.ts --update            # everything, and into bench/README.md
 * @example node bench/run.ts bulk --profile /tmp # one benchmark, with a CPU profile of the emulator
 */
import { parseArgs } from "node:util";
import { bulk } from "./bulk.ts";
import { echo } from "./echo.ts";
import { engines } from "./engines.ts";
import { manyShells } from "./many-shells.ts";
import { ports } from "./ports.ts";
import { ready } from "./ready.ts";
import { scenarios } from "./scenarios.ts";
import { type Figure, markdownTable, terminalTable } from "./shared/figure.ts";
import { type Lab, openLab, stockClient } from "./shared/lab.ts";
import { describeMachine } from "./shared/machine.ts";
import { updateReadme } from "./shared/readme.ts";
import { startToPrompt } from "./start-to-prompt.ts";

const benchmarks: Readonly<
  Record<string, (lab: Lab, profileDirectory: string | undefined) => Promise<Figure[]>>
> = {
  start: startToPrompt,
  echo,
  bulk,
  many: manyShells,
  ports,
  scenarios,
  engines,
  ready,
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: "string" }, update: { type: "boolean", default: false } },
});
const names = positionals.length === 0 ? Object.keys(benchmarks) : positionals;

const unknown = names.find((name) => !(name in benchmarks));
if (unknown !== undefined) throw new Error(`Known are ${Object.keys(benchmarks).join(", ")}, not ${unknown}`);

const figures: Figure[] = [];
for (const name of names) {
  process.stderr.write(`${name} …\n`);
  // A fresh emulator each: memory that one benchmark has used stays with its process.
  await using lab = await openLab(options.profile);
  figures.push(...((await benchmarks[name]?.(lab, options.profile)) ?? []));
}
const machine = await describeMachine();
console.log(machine);
if (!stockClient.hasPlugin)
  console.log("No session-manager-plugin on PATH: the bench's own client stands in.");
console.log(terminalTable(figures));
if (options.update) await updateReadme([machine, markdownTable(figures)]);
