import { describe, expect, it } from "vitest";
import { ManagedNodeError } from "../../../emulator/errors.ts";
import type { EmulatorHandle } from "../../../harness/emulator-handle.ts";
import type { Reporter, RunSummary } from "../../../harness/scenario/reporter.ts";
import type { StartForScenario } from "../../../harness/scenario/run-scenario.ts";
import { type RunOptions, runScenarios } from "../../../harness/scenario/run-scenarios.ts";
import type { Scenario } from "../../../harness/scenario/scenario.ts";
import { scenarioOf } from "./fixtures.ts";

type Emulator = EmulatorHandle & AsyncDisposable;

/** As much of an emulator as the verb `advance` needs. */
function fakeEmulator(
  options: { readonly advance?: () => Promise<void>; readonly close?: () => Promise<void> } = {},
) {
  const { advance = async () => {}, close = async () => {} } = options;
  return { advance, nodes: async () => [], [Symbol.asyncDispose]: close } as unknown as Emulator;
}

function silentReporter(events: string[] = []): Reporter {
  return {
    onStart: ({ name }) => events.push(`start ${name}`),
    onStep: ({ name }, { outcome }) => events.push(`step ${name} ${outcome}`),
    onEnd: ({ scenario, outcome }) => events.push(`end ${scenario} ${outcome}`),
    onFinish: ({ results }) => events.push(`finish ${results.length}`),
  };
}

function run(
  scenarios: readonly Scenario[],
  options: Partial<RunOptions> & { readonly start: StartForScenario },
): Promise<RunSummary> {
  return runScenarios(scenarios, { reporter: silentReporter(), ...options });
}

const [a, b, c] = ["a", "b", "c"].map((name) => scenarioOf(["advance: 1s"], { name })) as [
  Scenario,
  Scenario,
  Scenario,
];
const onNode = (name: string): Scenario => {
  const scenario = scenarioOf(["advance: 1s"], { name });
  const node = { id: "i-0123456789abcdef0", name: "web-1", users: [], tags: {} };
  return { ...scenario, seed: { ...scenario.seed, nodes: [node] } };
};
const noEngine = new ManagedNodeError("No engine answers.", { cause: "test" });

describe("a run of scenarios", () => {
  it("reports each in its turn, and all at the end", async () => {
    const events: string[] = [];
    const summary = await run([a, b], {
      start: async () => fakeEmulator(),
      reporter: silentReporter(events),
    });
    expect(events).toEqual([
      "start a",
      "step a passed",
      "end a passed",
      "start b",
      "step b passed",
      "end b passed",
      "finish 2",
    ]);
    expect(summary).toMatchObject({ results: [{ scenario: "a" }, { scenario: "b" }], leftBehind: [] });
  });

  it("starts the next emulator while one runs, and not the one after it", async () => {
    const started: string[] = [];
    const startedMeanwhile: string[][] = [];
    const start: StartForScenario = async ({ name }) => {
      started.push(name);
      return fakeEmulator({ advance: async () => void startedMeanwhile.push([...started]) });
    };
    await run([a, b, c], { start });
    expect(startedMeanwhile).toEqual([
      ["a", "b"],
      ["a", "b", "c"],
      ["a", "b", "c"],
    ]);
  });

  it("goes on while an emulator ends, and waits for all of them in the end", async () => {
    const closing = Promise.withResolvers<void>();
    const closed: string[] = [];
    const start: StartForScenario = async ({ name }) =>
      fakeEmulator({
        advance: async () => {
          if (name === "b") closing.resolve();
        },
        close: async () => {
          if (name === "a") await closing.promise;
          closed.push(name);
        },
      });
    await run([a, b], { start });
    expect(closed.sort()).toEqual(["a", "b"]);
  });

  it("runs as many at once as it is told", async () => {
    let [running, most] = [0, 0];
    const both = Promise.withResolvers<void>();
    const advance = async () => {
      running += 1;
      most = Math.max(most, running);
      if (running === 2) both.resolve();
      await both.promise;
      running -= 1;
    };
    await run([a, b], { parallel: 2, start: async () => fakeEmulator({ advance }) });
    expect(most).toBe(2);
  });

  it("counts a scenario whose emulator does not start as failed, and runs the others", async () => {
    const start: StartForScenario = async ({ name }) => {
      if (name === "a") throw new Error("no port");
      return fakeEmulator();
    };
    const { results } = await run([a, b], { start });
    expect(results).toMatchObject([
      { outcome: "failed", steps: [{ outcome: "skipped" }], failure: { line: 1, message: "no port" } },
      { outcome: "passed" },
    ]);
  });

  it("ends when not even the first node can be had", async () => {
    const closed: string[] = [];
    const start: StartForScenario = async ({ name, seed }) => {
      if (seed.nodes.length > 0) throw noEngine;
      return fakeEmulator({ close: async () => void closed.push(name) });
    };
    await expect(run([a, onNode("n"), b], { start })).rejects.toBe(noEngine);
    expect(closed).toEqual(["a"]);
  });

  it("goes on when one node among others cannot be had", async () => {
    const start: StartForScenario = async ({ name }) => {
      if (name === "m") throw noEngine;
      return fakeEmulator();
    };
    const { results } = await run([onNode("n"), onNode("m"), a], { start });
    expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "failed", "passed"]);
  });

  it("closes an emulator that was started ahead and is not used", async () => {
    const closed: string[] = [];
    const controller = new AbortController();
    const start: StartForScenario = async ({ name }) =>
      fakeEmulator({
        advance: async () => controller.abort(new Error("The run was interrupted.")),
        close: async () => void closed.push(name),
      });
    const { results } = await run([a, b, c], { start, signal: controller.signal });
    expect(results).toHaveLength(1);
    expect(closed.sort()).toEqual(["a", "b"]);
  });

  it("tells what could not be cleaned up", async () => {
    const close = () => Promise.reject(new Error("web-1 is stuck"));
    const { leftBehind } = await run([a], { start: async () => fakeEmulator({ close }) });
    expect(leftBehind).toEqual(["web-1 is stuck"]);
  });
});
