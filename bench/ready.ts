import type { Figure } from "./shared/figure.ts";
import { inTurn, type Measurement } from "./shared/in-turn.ts";
import { type NodeSettings, nodeSettings } from "./shared/nodes.ts";
import { median } from "./shared/statistics.ts";
import { openSubject, type Subject } from "./shared/subject.ts";

const rounds = 5;

/** How soon an emulator can be used: from the call, in a process that has only just been started, and from the process's start. */
export async function ready(): Promise<Figure[]> {
  const node = await nodeSettings("docker");
  const from = (start: keyof Subject["readyInMs"], nodes: NodeSettings | undefined): Measurement => {
    return async () => {
      await using subject = await openSubject(nodes, undefined);
      return subject.readyInMs[start];
    };
  };
  const times = await inTurn(rounds, { endpoint: from("call", undefined), node: from("process", node) });
  return [
    {
      name: "ready: startEmulator() without nodes, p50",
      unit: "ms",
      value: median(times.endpoint),
      peer: undefined,
      goal: { type: "at-most", bound: 1_000 },
    },
    {
      name: "ready: a process with one container, p50",
      unit: "ms",
      value: median(times.node),
      peer: undefined,
      goal: undefined,
    },
  ];
}
