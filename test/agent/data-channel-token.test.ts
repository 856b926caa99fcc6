import { describe, expect, it } from "vitest";
import { DataChannelToken } from "../../emulator/agent/data-channel-token.ts";

const lifetimeMs = 5 * 60_000;

function newToken() {
  let issued = 0;
  return new DataChannelToken((length) => `${++issued}`.padEnd(length, "="));
}

describe("a data channel's token", () => {
  it("opens it once", () => {
    const token = newToken();
    const value = token.issue(0);
    expect(token.redeem(value, 1)).toBe(true);
    expect(token.redeem(value, 1)).toBe(false);
  });

  it.each([
    [lifetimeMs - 1, true],
    [lifetimeMs, false],
  ])("at the age of %i ms opens it: %s", (age, opens) => {
    const token = newToken();
    expect(token.redeem(token.issue(1_000), 1_000 + age)).toBe(opens);
  });

  it("is void once there is a newer one", () => {
    const token = newToken();
    const older = token.issue(0);
    const newer = token.issue(0);
    expect(token.redeem(older, 1)).toBe(false);
    expect(token.redeem(newer, 1)).toBe(true);
  });

  it("stays good while others are tried", () => {
    const token = newToken();
    const value = token.issue(0);
    for (const wrong of ["", "x", value.slice(1), `${value}x`, "ü".repeat(32)]) {
      expect(token.redeem(wrong, 1)).toBe(false);
    }
    expect(token.redeem(value, 1)).toBe(true);
  });

  it("opens nothing before it is issued", () => {
    expect(newToken().redeem("", 0)).toBe(false);
  });

  it("has 64 characters", () => {
    expect(newToken().issue(0)).toHaveLength(64);
  });
});
