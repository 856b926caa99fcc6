import { describe, expect, it } from "vitest";
import { RetransmissionTimer } from "../../emulator/session/retransmission-timer.ts";

function timeoutAfter(...roundTripsMs: readonly number[]): number {
  const timer = new RetransmissionTimer();
  for (const roundTripMs of roundTripsMs) timer.sample(roundTripMs);
  return timer.timeoutMs;
}

describe("RetransmissionTimer", () => {
  it("begins with 200 ms", () => {
    expect(timeoutAfter()).toBe(200);
  });

  // 7/8 · 100 + 1/8 · sample, then 4 · 1/4 · |100 - sample|, at least 10.
  it.each([
    [100, 100 + 10],
    [108, 101 + 10],
    [60, 95 + 40],
    [180, 110 + 80],
  ])("follows a first round trip of %i ms with %i ms", (sample, timeoutMs) => {
    expect(timeoutAfter(sample)).toBe(timeoutMs);
  });

  it("measures the variation against the round trip before the sample", () => {
    expect(timeoutAfter(180, 110)).toBe(110 + 4 * (0.75 * 20 + 0.25 * 0));
  });

  it("falls to little more than 10 ms on loopback", () => {
    expect(timeoutAfter(...Array.from({ length: 100 }, () => 0))).toBeCloseTo(10);
  });

  it("stays within a second", () => {
    expect(timeoutAfter(60_000)).toBe(1_000);
  });
});
