import { bareNamespaces } from "./shared/bare-namespaces.ts";
import { Crowd, openedAtOnce } from "./shared/crowd.ts";
import { openDataChannel } from "./shared/data-channel-shell.ts";
import type { Figure } from "./shared/figure.ts";
import { inTurn } from "./shared/in-turn.ts";
import { atPrompt, oneKey } from "./shared/key-echo.ts";
import { type Lab, stockClient, stockPlugin } from "./shared/lab.ts";
import { nodeSettings } from "./shared/nodes.ts";
import { type FleetCost, openedFleet } from "./shared/opened-fleet.ts";
import { benchClient, openCounted, outputRate } from "./shared/output-rate.ts";
import { prompt } from "./shared/shell.ts";
import { median, percentile } from "./shared/statistics.ts";
import { openSubject, type Subject } from "./shared/subject.ts";
import { openOnTerminal } from "./shared/terminal-shell.ts";
import { toPrompt } from "./shared/time-to-prompt.ts";

const fleetRounds = 5;
const manyNodes = 50;
const promptRounds = 15;
const keys = 1_000;
const bulkRounds = 3;
const manyShells = 200;
/** The shells open in so many parts. */
const batches = 5;
const bytesPerMegabyte = 1_000_000;

/** The same of both engines. */
type Pair<Value> = { readonly namespace: Value; readonly docker: Value };

/** Nodes in namespaces, against the same nodes in containers. */
export async function engines(docker: Lab, profileDirectory: string | undefined): Promise<Figure[]> {
  const figures = [...(await oneNode()), ...(await nodesAtOnce())];
  await using namespace = await openSubject(await nodeSettings("namespace"), profileDirectory);
  const subjects = { namespace, docker };
  for (const measure of [prompts, echo, bulk, shellsAtOnce]) figures.push(...(await measure(subjects)));
  return figures;
}

async function oneNode(): Promise<Figure[]> {
  const costs: Pair<FleetCost[]> = { namespace: [], docker: [] };
  const open = (engine: keyof typeof costs) => async () => {
    const cost = await openedFleet(engine, 1);
    costs[engine].push(cost);
    return cost.openedInMs;
  };
  const opened = await inTurn(fleetRounds, { namespace: open("namespace"), docker: open("docker") });
  return [
    figure("a fleet with one node, p50", "ms", each(opened, median), { type: "at-most", bound: 200 }),
    {
      name: "engines: a fleet with one node in a container, p50",
      unit: "ms",
      value: median(opened.docker),
      peer: undefined,
      goal: { type: "at-most", bound: 2_000 },
    },
    figure(
      "a fleet with one node and a shell on it, p50",
      "ms",
      each(costs, (all) => median(all.map(({ firstShellsInMs }) => firstShellsInMs))),
    ),
  ];
}

async function nodesAtOnce(): Promise<Figure[]> {
  const costs = {
    namespace: await openedFleet("namespace", manyNodes),
    // So many containers at once are more than a slow engine takes.
    docker: await openedFleet("docker", manyNodes).catch(unknownCost),
  };
  const opened = each(costs, ({ openedInMs }) => openedInMs);
  const resident = each(costs, ({ residentBytes }) => residentBytes / manyNodes / bytesPerMegabyte);
  const name = `a fleet with ${manyNodes} nodes`;
  return [
    figure(name, "ms", opened),
    figure(
      `${name}, for each`,
      "ms",
      each(opened, (ms) => ms / manyNodes),
    ),
    ...(Number.isNaN(resident.namespace) ? [] : [figure(`${name}: resident memory of each`, "MB", resident)]),
  ];
}

function unknownCost({ message }: Error): FleetCost {
  process.stderr.write(`${manyNodes} containers in one fleet: ${message}\n`);
  return { openedInMs: Number.NaN, firstShellsInMs: Number.NaN, residentBytes: Number.NaN };
}

async function prompts(subjects: Pair<Subject>): Promise<Figure[]> {
  const client = each(subjects, (subject) =>
    toPrompt(async () => openDataChannel(await subject.startSession())),
  );
  const plugin = each(subjects, (subject) =>
    toPrompt(async () =>
      openOnTerminal(stockPlugin(subject, await subject.startSession()), subject.environment),
    ),
  );
  await using namespaces = await bareNamespaces();
  const bare = toPrompt(async () => openOnTerminal(namespaces.shell, { PS1: prompt }));
  const times = await inTurn(promptRounds, { ...client, bare });
  const figures: Figure[] = [
    figure("StartSession and bench client to prompt, p50", "ms", each(times, median), {
      type: "at-most",
      bound: 15,
    }),
    {
      name: "engines: StartSession and bench client to prompt on a namespace, p50",
      unit: "ms",
      value: median(times.namespace),
      peer: { name: "nsenter, setpriv and sh", value: median(times.bare) },
      goal: undefined,
    },
  ];
  if (stockClient.hasPlugin) {
    const times = await inTurn(promptRounds, plugin);
    figures.push(figure("StartSession and plugin to prompt, p50", "ms", each(times, median)));
  }
  return figures;
}

async function echo({ namespace, docker }: Pair<Subject>): Promise<Figure[]> {
  await using first = await atPrompt(openDataChannel(await namespace.startSession()));
  await using second = await atPrompt(openDataChannel(await docker.startSession()));
  const times = await inTurn(keys, { namespace: oneKey(first), docker: oneKey(second) });
  return echoFigures("echo of a key", times);
}

async function bulk({ namespace, docker }: Pair<Subject>): Promise<Figure[]> {
  await using first = await openCounted(await benchClient(namespace), namespace);
  await using second = await openCounted(await benchClient(docker), docker);
  const rates = await inTurn(bulkRounds, { namespace: outputRate(first), docker: outputRate(second) });
  return [figure("bulk output", "MB/s", each(rates, median))];
}

async function shellsAtOnce(subjects: Pair<Subject>): Promise<Figure[]> {
  const crowds = each(
    subjects,
    (subject) => new Crowd(async () => openDataChannel(await subject.startSession())),
  );
  const inBatches = async (act: (crowd: Crowd) => Promise<void>) => {
    for (let batch = 0; batch < batches; batch += 1) {
      await act(crowds.docker);
      await act(crowds.namespace);
    }
  };
  await inBatches((crowd) => crowd.open(manyShells / batches));
  await inBatches((crowd) => crowd.typeEverywhere());
  await Promise.all([subjects.namespace.reset(), subjects.docker.reset()]);
  return [
    figure(
      `${manyShells} shells: opened, ${openedAtOnce} at once`,
      "shells/s",
      each(crowds, ({ openedPerSecond }) => openedPerSecond),
    ),
    ...echoFigures(
      `${manyShells} shells: echo of a key`,
      each(crowds, ({ echoMs }) => echoMs),
    ),
  ];
}

function echoFigures(name: string, times: Pair<readonly number[]>): Figure[] {
  return [0.5, 0.99].map((share) =>
    figure(
      `${name}, p${100 * share}`,
      "ms",
      each(times, (values) => percentile(values, share)),
    ),
  );
}

function each<From, To>({ namespace, docker }: Pair<From>, of: (value: From) => To): Pair<To> {
  return { namespace: of(namespace), docker: of(docker) };
}

function figure(
  name: string,
  unit: Figure["unit"],
  { namespace, docker }: Pair<number>,
  goal?: Figure["goal"],
): Figure {
  const peer = Number.isNaN(docker) ? undefined : { name: "containers", value: docker };
  return { name: `engines: ${name}`, unit, value: namespace, peer, goal };
}
