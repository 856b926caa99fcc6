import type { Figure } from "./shared/figure.ts";
import { inTurn } from "./shared/in-turn.ts";
import { awsStartSession, dockerExec, type Lab, stockClient } from "./shared/lab.ts";
import { benchClient, openCounted, outputRate } from "./shared/output-rate.ts";
import { median } from "./shared/statistics.ts";

const rounds = 3;

/** How fast 100 MB of text come out of a shell into a pipe, against the same command under `docker exec`. */
export async function bulk(lab: Lab): Promise<Figure[]> {
  await using raw = await openCounted(dockerExec(lab, "-i"), lab);
  await using docker = await openCounted(dockerExec(lab, "-it"), lab);
  await using client = await openCounted(await benchClient(lab), lab);
  await using plugin = stockClient.hasCli ? await openCounted(awsStartSession, lab) : undefined;

  const rates = await inTurn(rounds, {
    raw: outputRate(raw),
    docker: outputRate(docker),
    client: outputRate(client),
    ...(plugin !== undefined && { plugin: outputRate(plugin) }),
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
