import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { publishedScenarioSchema } from "../../harness/scenario/scenario-schema.ts";
import { run } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenario-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A scenario file that needs no engine. */
async function write(name: string, step: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `name: The story ${name}\nwhy: w\nsteps:\n  - ${step}\n`);
  return file;
}

const passing = "{ call: sts:GetCallerIdentity }";
const failing = "{ call: iam:GetUser, with: { UserName: zed } }";

describe("scenario run", () => {
  it("ends with 0 when all passed", async () => {
    const { exitCode, out, err } = await run("scenario", "run", await write("good.yaml", passing));
    expect([exitCode, err]).toEqual([0, ""]);
    expect(out).toMatch(/^✓ The story good\.yaml \(\d\.\d\d s\)\n\n1 passed \(.*\)\n$/);
  });

  it("ends with 1 when one failed, and says how to run only that one", async () => {
    const file = await write("bad.yaml", failing);
    const { exitCode, out } = await run("scenario", "run", file, await write("good.yaml", passing));
    expect(exitCode).toBe(1);
    expect(out).toContain(`Rerun: npx ssm-emulator scenario run ${file}\n`);
    expect(out).toContain("1 passed, 1 failed");
    expect(out).not.toMatch(/^\s+at /m);
  });

  it("ends with 2 and all mistakes of all files, before it runs anything", async () => {
    const files = [
      await write("good.yaml", passing),
      await write("a.yaml", "{ stop: x }"),
      join(folder, "none.yaml"),
    ];
    const { exitCode, out, err } = await run("scenario", "run", ...files);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toContain(`${files[1]}:4:5: steps[0]: expected one of the verbs `);
    expect(err).toContain(`${files[2]}: expected a scenario file, found: ENOENT`);
  });

  it("ends with 3 without an engine", async () => {
    vi.stubEnv("SSM_EMULATOR_DOCKER_HOST", "unix:///nowhere.sock");
    const { exitCode, err } = await run("scenario", "run", "scenarios/article-4-user-tag.yaml");
    vi.unstubAllEnvs();
    expect(exitCode).toBe(3);
    expect(err).toMatch(/^No Docker engine answers at .+\n$/);
  });

  it.each([
    [["--grep", "nothing like it"], "--grep: expected a part of a name, found none of 1 with"],
    [["--grep", "("], "--grep: expected a regular expression, found"],
    [["--parallel", "0"], "Expected a whole number from 1 to 64."],
    [["--reporter", "xml"], "Allowed choices are pretty, junit, json, tap."],
    [["--output", "/nowhere/at/all"], "--output: expected a place that can be written to, found: ENOENT"],
  ])("takes %j for a mistake", async (options, text) => {
    const { exitCode, out, err } = await run(
      "scenario",
      "run",
      await write("good.yaml", passing),
      ...options,
    );
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toContain(text);
  });

  it("takes folders, and of them those whose name or file matches", async () => {
    const inner = join(folder, "inner");
    await mkdir(inner);
    await write("inner/one.yaml", passing);
    await write("inner/two.yml", failing);
    await write("inner/notes.md", "none");
    const { exitCode, out } = await run("scenario", "run", inner, "--grep", "STORY.*ONE");
    expect(exitCode).toBe(0);
    expect(out).toContain("1 passed");
    expect((await run("scenario", "run", inner, "--parallel", "2")).out).toContain("1 passed, 1 failed");
  });

  it("reports on the standard output in other forms", async () => {
    const file = await write("good.yaml", passing);
    const json = await run("scenario", "run", file, "--reporter", "json");
    expect(JSON.parse(json.out)).toMatchObject({ passed: 1, results: [{ file, outcome: "passed" }] });
    expect((await run("scenario", "run", file, "--reporter", "tap")).out).toMatch(/^TAP version 14\nok 1 - /);
  });

  it("writes the report into a file, and shows the progress", async () => {
    const output = join(folder, "report.xml");
    const file = await write("good.yaml", passing);
    const { out } = await run("scenario", "run", file, "--reporter", "junit", "--output", output);
    expect(out).toContain("1 passed");
    expect(await readFile(output, "utf8")).toMatch(/^<\?xml .*<testcase name="The story good.yaml"/s);
  });
});

describe("scenario new", () => {
  it("writes a scenario, and never over another file", async () => {
    const name = join(folder, "my-case");
    const { exitCode, out } = await run("scenario", "new", name);
    expect([exitCode, out]).toEqual([
      0,
      `Wrote ${name}.yaml. Run it: npx ssm-emulator scenario run ${name}.yaml\n`,
    ]);
    const text = await readFile(`${name}.yaml`, "utf8");
    expect(text).toContain('name: "my case"');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\/docs\/scenario\.schema\.json\n/);

    const again = await run("scenario", "new", `${name}.yaml`);
    expect(again).toEqual({
      exitCode: 2,
      out: "",
      err: `${name}.yaml was not written: it is there already\n`,
    });
  });
});

describe("scenario schema", () => {
  it("prints the schema", async () => {
    const { out } = await run("scenario", "schema");
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(publishedScenarioSchema())));
  });
});
