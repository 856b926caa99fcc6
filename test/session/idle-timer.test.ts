import { describe, expect, it } from "vitest";
import { IdleTimer } from "../../emulator/session/idle-timer.ts";

const idleText = "Your session timed out due to inactivity and has been terminated.";

describe("IdleTimer", () => {
  it("ends a session that was idle from the start", () => {
    const timer = new IdleTimer({ startedAt: 1_000, idleTimeoutMs: 60_000, maxDurationMs: undefined });
    expect(timer.nextDeadline()).toBe(61_000);
    expect(timer.expired(60_999)).toBeUndefined();
    expect(timer.expired(61_000)).toBe(idleText);
  });

  it("counts from the last activity", () => {
    const timer = new IdleTimer({ startedAt: 1_000, idleTimeoutMs: 60_000, maxDurationMs: undefined });
    timer.activity(50_000);
    expect(timer.nextDeadline()).toBe(110_000);
    expect(timer.expired(109_999)).toBeUndefined();
    expect(timer.expired(110_000)).toBe(idleText);
  });

  it("ends a busy session at its maximum duration", () => {
    const timer = new IdleTimer({ startedAt: 1_000, idleTimeoutMs: 60_000, maxDurationMs: 100_000 });
    timer.activity(100_000);
    expect(timer.nextDeadline()).toBe(101_000);
    expect(timer.expired(101_000)).toBe("Your session reached its maximum duration and has been terminated.");
  });

  it("names the cause that came first", () => {
    const timer = new IdleTimer({ startedAt: 0, idleTimeoutMs: 60_000, maxDurationMs: 100_000 });
    expect(timer.expired(1_000_000)).toBe(idleText);
  });
});
