import fc from "fast-check";
import { expect, it } from "vitest";
import { formatDuration, parseDuration } from "../emulator/duration.ts";

it.each([
  ["90s", 90_000],
  ["20m", 1_200_000],
  ["1h", 3_600_000],
  ["2d", 172_800_000],
  ["1h30m", 5_400_000],
  ["1d2h3m4s", 93_784_000],
  ["0s", 0],
])("%s is a duration", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

it.each(["", "20", "m", "20 m", "-1m", "1.5h", "30m1h", "1m1m", "20min", "20M", `${"9".repeat(20)}d`])(
  "%j is none",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

it("whole seconds are read as they are written", () => {
  fc.assert(
    fc.property(fc.nat(), (seconds) => {
      expect(parseDuration(formatDuration(seconds * 1_000))).toBe(seconds * 1_000);
    }),
  );
  expect(formatDuration(5_400_999)).toBe("1h30m");
  expect(formatDuration(999)).toBe("0s");
});
