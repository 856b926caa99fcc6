import { describe, expect, it, vi } from "vitest";
import { ManagedNodeError } from "../../emulator/errors.ts";
import { ChosenProcesses, type ChosenProcessesOptions } from "../../emulator/nodes/chosen-processes.ts";

const failure = new ManagedNodeError("The node's helper did not start: SyntaxError", {
  cause: "SyntaxError",
});

function choice(options: { mode?: "auto" | "off"; starts?: Error[]; python?: number | Error }) {
  const starts = [...(options.starts ?? [])];
  const helper = {
    start: vi.fn(async () => {
      const next = starts.shift();
      if (next !== undefined) throw next;
    }),
    close: vi.fn(async () => {}),
  };
  const execs = {};
  const onFallback = vi.fn();
  const chosen = new ChosenProcesses({
    mode: options.mode ?? "auto",
    helper,
    execs,
    run: async () => {
      if (options.python instanceof Error) throw options.python;
      return { exitCode: options.python ?? 0, stdout: "" };
    },
    onFallback,
  } as unknown as ChosenProcessesOptions);
  return { chosen, helper, execs, onFallback };
}

describe("the way to a node's processes", () => {
  it("is the helper", async () => {
    const { chosen, helper, onFallback } = choice({});
    expect(await chosen.choose()).toBe(helper);
    expect(onFallback).not.toHaveBeenCalled();
  });

  it("is the helper although it was killed once while it started", async () => {
    const { chosen, helper } = choice({ starts: [failure] });
    expect(await chosen.choose()).toBe(helper);
  });

  it("is the engine's execs, which is said once, on a node without Python", async () => {
    const { chosen, execs, onFallback, helper } = choice({ starts: [failure, failure], python: 127 });
    expect(await Promise.all([chosen.choose(), chosen.choose()])).toEqual([execs, execs]);
    expect(await chosen.choose()).toBe(execs);
    expect(onFallback.mock.calls).toEqual([["it has no python3"]]);
    expect(helper.start).toHaveBeenCalledTimes(2);
  });

  it("is the engine's execs where the helper does not start", async () => {
    const { chosen, execs, onFallback } = choice({ starts: [failure, failure] });
    expect(await chosen.choose()).toBe(execs);
    expect(onFallback.mock.calls).toEqual([[failure.message]]);
  });

  it("is not decided by a node that is gone", async () => {
    const gone = new ManagedNodeError("The node is stopped", { cause: "stopped" });
    const { chosen, helper } = choice({ starts: [failure], python: gone });
    await expect(chosen.choose()).rejects.toBe(gone);
    expect(await chosen.choose()).toBe(helper);
  });

  it("is the engine's execs where the helper is not wanted", async () => {
    const { chosen, execs, helper, onFallback } = choice({ mode: "off" });
    expect(await chosen.choose()).toBe(execs);
    expect([helper.start.mock.calls, onFallback.mock.calls]).toEqual([[], []]);
  });

  it("is closed with the node", async () => {
    const { chosen, helper } = choice({});
    await chosen.close();
    await expect(chosen.choose()).rejects.toThrow(ManagedNodeError);
    expect([helper.start.mock.calls.length, helper.close.mock.calls.length]).toEqual([0, 1]);
  });
});
