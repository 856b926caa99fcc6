import { afterEach, beforeEach, expect, it } from "vitest";
import { run, type ServedAdminApi, serveAdminApi } from "./run.ts";

let emulator: ServedAdminApi;

beforeEach(async () => {
  emulator = await serveAdminApi();
});
afterEach(() => emulator[Symbol.asyncDispose]());

const faults = (...words: readonly string[]) => run("faults", ...words, "--endpoint", emulator.endpoint);

it("faults are made, shown and taken away", async () => {
  expect((await faults()).out).toBe("No faults.\n");
  const added = await faults(
    "add",
    "latency",
    "latency=100",
    "jitter=20",
    "--owner",
    "alice",
    "--count",
    "3",
  );
  expect(added).toMatchObject({ exitCode: 0, out: "Fault latency_downstream is in force.\n" });
  await faults("add", "throttling", "--operation", "StartSession", "--toxicity", "0.5", "--name", "busy");
  const { out } = await faults();
  expect(out).toMatch(
    /latency_downstream │ latency +│ latency=100 jitter=20 │ owner=alice +│ downstream │ 1 +│ 0 of 3/,
  );
  expect(out).toMatch(/busy +│ throttling │ +│ operation=StartSession │ +│ 0\.5 +│ 0 /);
  expect(JSON.parse((await faults("--json")).out)).toHaveLength(2);
  expect((await faults("remove", "busy")).out).toBe("Removed busy.\n");
  expect((await faults("remove")).out).toBe("No faults are left.\n");
  expect((await faults()).out).toBe("No faults.\n");
});

it.each([
  [["add", "latency", "latency"], "faults add: expected an attribute such as latency=100, found latency\n"],
  [
    ["add", "latency", "latency=soon"],
    'body.attributes.latency: expected milliseconds, at most 600000, found "soon"\n',
  ],
  [["remove", "x"], "There is no fault x. Known: none.\n"],
  [["add"], "error: missing required argument 'type'"],
])("faults %j is a mistake", async (words, text) => {
  const { exitCode, err } = await faults(...words);
  expect(exitCode).toBe(2);
  expect(err).toContain(text);
});
