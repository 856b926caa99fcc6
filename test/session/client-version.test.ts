import { describe, expect, it } from "vitest";
import { compareVersions } from "../../emulator/session/client-version.ts";

describe("the order of versions", () => {
  it.each([
    ["1.1.70", "1.1.70", 0],
    ["1.1.69", "1.1.70", -1],
    ["1.1.70.0", "1.1.70", 1],
    ["1.1.9", "1.1.70", -1],
    ["1.2.0.0", "1.1.70", 1],
    ["1.2.294.9", "1.2.295", -1],
    ["2", "1.1.70", 1],
    ["1.1", "1.1.70", -1],
    ["", "1.1.70", -1],
    ["unknown", "1.1.70", 1],
  ])("has %j to %j as the agent: %i", (version, other, order) => {
    expect(Math.sign(compareVersions(version, other))).toBe(order);
  });
});
