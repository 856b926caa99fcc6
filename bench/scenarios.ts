import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { defaultNodeImage } from "../emulator/nodes/docker/node-image.ts";
import type { Figure } from "./shared/figure.ts";
import { nodeImageVariables } from "./shared/nodes.ts";
import { median } from "./shared/statistics.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const rounds = 5;
/** One person, one shell, one command. */
const oneShell = "article-4-user-tag.yaml";

interface Summary {
  readonly durationMs: number;
  readonly results: readonly {
    readonly file: string;
    readonly outcome: string;
    readonly durationMs: number;
  }[];
}

/** The shipped collection, one after the other and four at once, against a container that is made, used and removed. */
export async function scenarios(): Promise<Figure[]> {
  const serial = await playCollection("1");
  const parallel = await playCollection("4");
  const containers: number[] = [];
  for (let round = 0; round < rounds; round++) containers.push(await timed(dockerRun));
  const container = { name: "docker run --rm IMAGE id", value: median(containers) };
  const durations = serial.results.map(({ durationMs }) => durationMs);
  const figure = (name: string, value: number, peer: Figure["peer"], goal?: Figure["goal"]): Figure => ({
    name: `scenarios: ${name}`,
    unit: "ms",
    value,
    peer,
    goal,
  });
  const single = serial.results.find(({ file }) => file.endsWith(oneShell));
  return [
    figure(`all ${durations.length}, one after the other`, serial.durationMs, {
      name: "as many containers",
      value: container.value * durations.length,
    }),
    figure(`all ${durations.length}, four at once`, parallel.durationMs, {
      name: "one after the other",
      value: serial.durationMs,
    }),
    figure("one of them, p50", median(durations), container),
    figure("one of them, longest", Math.max(...durations), container),
    figure("one with one shell", single?.durationMs ?? Number.NaN, container, {
      type: "at-most",
      bound: 1_000,
    }),
  ];
}

async function playCollection(parallel: string): Promise<Summary> {
  const args = ["emulator/main.ts", "scenario", "run", "--reporter", "json", "--parallel", parallel];
  const env = { ...process.env, ...(await nodeImageVariables()) };
  const { stdout } = await run(process.execPath, args, { cwd: root, env, maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as Summary;
}

function dockerRun(): Promise<unknown> {
  return run("docker", ["run", "--rm", defaultNodeImage, "id"]);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}
