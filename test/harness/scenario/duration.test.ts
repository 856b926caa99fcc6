import Value from "typebox/value";
import { describe, expect, it } from "vitest";
import { Duration, durationMs } from "../../../harness/scenario/duration.ts";

describe("a length of time", () => {
  it.each([
    ["500ms", 500],
    ["20m", 1_200_000],
    ["1h30m", 5_400_000],
    ["2s500ms", 2_500],
    ["1d", 86_400_000],
    ["0s", 0],
  ])("%s is %d ms", (text, ms) => {
    expect(Value.Check(Duration(""), text)).toBe(true);
    expect(durationMs(text)).toBe(ms);
  });

  it.each(["", "20", "m", "1.5h", "-1s", "20 m", "1w"])("%j is none", (text) => {
    expect(Value.Check(Duration(""), text)).toBe(false);
  });
});
