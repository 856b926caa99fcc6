import { expect, it } from "vitest";
import { isoMillis, isoSeconds } from "../emulator/iso-date.ts";

it("writes UTC with milliseconds", () => {
  expect(isoMillis(Date.UTC(2026, 10, 23, 20, 3, 34, 919))).toBe("2026-11-23T20:03:34.919Z");
});

it("cuts to whole seconds and does not round", () => {
  expect(isoSeconds(Date.UTC(2024, 1, 29, 23, 59, 59, 999))).toBe("2024-02-29T23:59:59Z");
});
