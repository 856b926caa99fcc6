import { describe, expect, it } from "vitest";
import { Backoff } from "../../emulator/client/backoff.ts";

const lowest = () => 0;

describe("Backoff", () => {
  it("waits twice as long after each failure, then gives up", () => {
    const backoff = new Backoff(lowest);
    const waits = Array.from({ length: 6 }, () => backoff.failed());
    expect(waits).toEqual([100, 200, 400, 800, 1_600, undefined]);
  });

  it("leaves the first wait to chance, so that clients do not come all at once", () => {
    expect(new Backoff(() => 0.5).failed()).toBe(150);
  });

  it("resumes at once after a connection that was good", () => {
    const backoff = new Backoff(lowest);
    backoff.failed();
    expect(backoff.lost(1_000)).toBe(0);
    expect(backoff.failed()).toBe(100);
  });

  it("takes a short life for a failure", () => {
    const backoff = new Backoff(lowest);
    const waits = Array.from({ length: 6 }, () => backoff.lost(999));
    expect(waits).toEqual([100, 200, 400, 800, 1_600, undefined]);
  });
});
