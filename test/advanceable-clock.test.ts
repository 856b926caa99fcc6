import { beforeEach, describe, expect, it } from "vitest";
import { AdvanceableClock, maxAdvanceMs } from "../emulator/advanceable-clock.ts";
import { ManualClock, settled } from "./helpers/manual-clock.ts";

const dayMs = 24 * 60 * 60_000;
const start = 1_000_000;

let base: ManualClock;
let clock: AdvanceableClock;
/** What was called, with the time at which it was. */
let calls: [string, number][];

beforeEach(() => {
  base = new ManualClock(start);
  clock = new AdvanceableClock(base);
  calls = [];
});

function at(inMs: number, name: string, then = () => {}): () => void {
  return clock.at(clock.now() + inMs, () => {
    calls.push([name, clock.now() - start]);
    then();
  });
}

describe("a clock that nobody puts forward", () => {
  it("runs as its base does", async () => {
    at(100, "a");
    await base.advance(99);
    expect([clock.now() - start, calls]).toEqual([99, []]);
    await base.advance(1);
    expect(calls).toEqual([["a", 100]]);
    expect(clock.pending).toBe(0);
  });

  it("forgets what is cancelled", async () => {
    at(100, "a")();
    await base.advance(200);
    expect([calls, base.pending]).toEqual([[], 0]);
  });
});

describe("a clock that is put forward", () => {
  it("is ahead of its base by that, and runs on", async () => {
    await clock.advance(500, settled);
    await clock.advance(dayMs, settled);
    await base.advance(7);
    expect([clock.now() - start, clock.offsetMs]).toEqual([dayMs + 507, dayMs + 500]);
  });

  it("calls what becomes due in order and at its time, also what becomes due meanwhile, and nothing later", async () => {
    at(301, "late");
    at(200, "c");
    at(100, "a", () => at(50, "b"));
    at(200, "d");
    await clock.advance(300, settled);
    expect(calls).toEqual([
      ["a", 100],
      ["b", 150],
      ["c", 200],
      ["d", 200],
    ]);
  });

  it("calls what is left when its base has run that much further", async () => {
    at(1_000, "a");
    await clock.advance(900, settled);
    await base.advance(99);
    expect(calls).toEqual([]);
    await base.advance(1);
    expect(calls).toEqual([["a", 1_000]]);
  });

  it("never calls what is cancelled, before or meanwhile", async () => {
    at(100, "a")();
    const cancel = at(300, "c");
    at(200, "b", cancel);
    await clock.advance(400, settled);
    expect(calls).toEqual([["b", 200]]);
    expect([clock.pending, base.pending]).toEqual([0, 0]);
  });

  it("stands still until all that a call began has settled", async () => {
    const settling = Promise.withResolvers<void>();
    at(100, "a");
    at(200, "b");
    const advanced = clock.advance(300, () => (calls.length === 1 ? settling.promise : settled()));
    await settled();
    await base.advance(5_000);
    expect([clock.now() - start, calls]).toEqual([100, [["a", 100]]]);
    settling.resolve();
    await advanced;
    expect(calls.at(1)).toEqual(["b", 200]);
    expect(clock.now() - start).toBe(5_300);
  });

  it("waits for what had begun before, while time runs on", async () => {
    const settling = Promise.withResolvers<void>();
    const advanced = clock.advance(300, () => settling.promise);
    await base.advance(40);
    expect(clock.now() - start).toBe(40);
    settling.resolve();
    await advanced;
    expect(clock.now() - start).toBe(340);
  });

  it("is put forward by one call after the other", async () => {
    at(100, "a", () => void clock.advance(1_000, settled));
    at(600, "b");
    await Promise.all([clock.advance(500, settled), clock.advance(500, settled)]);
    expect(calls).toEqual([
      ["a", 100],
      ["b", 600],
    ]);
    await clock.reset();
    expect(clock.now()).toBe(start);
  });

  it("goes back to its base's time, with what is still due", async () => {
    at(1_000, "a");
    await clock.advance(900, settled);
    await clock.reset();
    expect([clock.now(), clock.offsetMs]).toEqual([start, 0]);
    await base.advance(1_000);
    expect(calls).toEqual([["a", 1_000]]);
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, maxAdvanceMs + 1])("refuses %s ms", async (ms) => {
    await expect(clock.advance(ms, settled)).rejects.toThrow(
      `whole number of milliseconds from 0 to 34560000000 (400 days), found ${ms}`,
    );
    expect(clock.now()).toBe(start);
  });

  it("takes 400 days at once", async () => {
    at(maxAdvanceMs, "a");
    await clock.advance(maxAdvanceMs, settled);
    expect(calls).toEqual([["a", maxAdvanceMs]]);
  });
});

describe("a clock that cannot get to its end", () => {
  it("stops at what failed, goes on from there, and can be put forward again", async () => {
    at(100, "a");
    at(200, "b");
    await expect(
      clock.advance(300, () => (calls.length === 1 ? Promise.reject(new Error("stuck")) : settled())),
    ).rejects.toThrow("stuck");
    expect([clock.now() - start, clock.offsetMs]).toEqual([100, 100]);
    await base.advance(100);
    expect(calls.at(1)).toEqual(["b", 200]);
    await clock.advance(50, settled);
    expect(clock.now() - start).toBe(250);
  });

  it("stops when a timer sets itself again and again", async () => {
    const again = () => void clock.at(clock.now(), again);
    again();
    await expect(clock.advance(300, async () => {})).rejects.toThrow(
      "The clock stopped at 1970-01-01T00:16:40.000Z: too much became due on the way.",
    );
  });

  it("stops when there is no end of it by its base", async () => {
    const tick = () => void at(1_000, "tick", tick);
    tick();
    const slowly = () => base.advance(calls.length === 0 ? 0 : 20_000);
    await expect(clock.advance(dayMs, slowly)).rejects.toThrow(/^The clock stopped at .* Does a shell print/);
    expect(calls).toHaveLength(2);
  });
});
