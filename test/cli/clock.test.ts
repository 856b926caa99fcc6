import { afterEach, beforeEach, expect, it } from "vitest";
import { run, type ServedAdminApi, serveAdminApi } from "./run.ts";

let emulator: ServedAdminApi;

beforeEach(async () => {
  emulator = await serveAdminApi();
});
afterEach(() => emulator[Symbol.asyncDispose]());

it("clock shows the time, and clock advance puts it forward", async () => {
  const to = ["--endpoint", emulator.endpoint];
  expect(await run("clock", ...to)).toMatchObject({
    exitCode: 0,
    out: "1970-01-01T00:00:00.000Z, the system's time\n",
  });
  const ahead = "1970-01-01T01:30:00.000Z, 1h30m ahead of the system's time\n";
  expect((await run("clock", "advance", "1h30m", ...to)).out).toBe(ahead);
  expect((await run("clock", ...to)).out).toBe(ahead);
});

it("clock --json is for a program, wherever the options are", async () => {
  const to = ["--endpoint", emulator.endpoint, "--json"];
  const later = { now: 1_000, iso: "1970-01-01T00:00:01.000Z", offsetMilliseconds: 1_000 };
  expect(JSON.parse((await run("clock", ...to, "advance", "1s")).out)).toEqual(later);
  expect(JSON.parse((await run("clock", "advance", "0s", ...to)).out)).toEqual(later);
  expect(JSON.parse((await run("clock", ...to)).out)).toEqual(later);
});

it.each([
  ["20", "clock advance: expected a duration such as 20m or 1h30m, found 20\n"],
  [
    "401d",
    "The clock takes a whole number of milliseconds from 0 to 34560000000 (400 days), found 34646400000\n",
  ],
])("clock advance %s is a mistake", async (duration, err) => {
  expect(await run("clock", "advance", duration, "--endpoint", emulator.endpoint)).toEqual({
    exitCode: 2,
    out: "",
    err,
  });
});
