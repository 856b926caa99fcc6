import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../emulator/clock.ts";

const dayMs = 24 * 60 * 60 * 1000;

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

describe("the system clock", () => {
  it("calls once, at the deadline", () => {
    const callback = vi.fn();
    systemClock.at(systemClock.now() + 100, callback);
    vi.advanceTimersByTime(99);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(callback).toHaveBeenCalledOnce();
  });

  it("calls for a deadline that has passed, but not before it returns", () => {
    const callback = vi.fn();
    systemClock.at(0, callback);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  it("waits longer than a timer can", () => {
    const callback = vi.fn();
    systemClock.at(systemClock.now() + 60 * dayMs, callback);
    vi.advanceTimersByTime(60 * dayMs - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  it("never calls early, even when the timer does", () => {
    const callback = vi.fn();
    systemClock.at(systemClock.now() + 100, callback);
    vi.setSystemTime(systemClock.now() - 1);
    vi.advanceTimersByTime(100);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  it.each([10, 60 * dayMs])("forgets a cancelled deadline %i ms away", (waitMs) => {
    const callback = vi.fn();
    const cancel = systemClock.at(systemClock.now() + waitMs, callback);
    vi.advanceTimersByTime(waitMs - 1);
    cancel();
    vi.advanceTimersByTime(dayMs);
    expect(callback).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
