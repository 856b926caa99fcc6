import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const programs = {
  "ssm-emulator": [process.execPath, join(root, "emulator/main.ts")],
  "session-manager-plugin": [join(root, "session-manager-plugin/session-manager-plugin")],
} as const;

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "ssm-emulator-home-"));
});
afterEach(() => rm(home, { recursive: true }));

describe.each(Object.entries(programs))("%s", (_name, [file = "", ...args]) => {
  const run = async (variables: Readonly<Record<string, string>>) => {
    const env = { PATH: process.env.PATH, ...variables };
    return (await promisify(execFile)(file, [...args, "--version"], { env })).stdout;
  };

  it("keeps its code compiled in a folder of the user's", async () => {
    expect(await run({ HOME: home })).toMatch(/^\d+\.\d+/);
    expect(await readdir(join(home, ".ssm-emulator/compiled"))).not.toEqual([]);
  });

  it("runs where that cannot be kept, and for who has no home", async () => {
    await writeFile(join(home, ".ssm-emulator"), "no folder");
    expect(await run({ HOME: home })).toMatch(/^\d+\.\d+/);
    expect(await run({})).toMatch(/^\d+\.\d+/);
  });

  it("leaves Node's own settings in force", async () => {
    const folder = join(home, "elsewhere");
    await run({ HOME: home, NODE_COMPILE_CACHE: folder });
    expect(await readdir(folder)).not.toEqual([]);
    await run({ HOME: home, NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(await readdir(home)).toEqual(["elsewhere"]);
  });
});

it("loads neither the emulator nor an engine's client for a command that needs none", async () => {
  const loaded = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });`;
  const [file, main] = programs["ssm-emulator"];
  const options = ["--import", `data:text/javascript,${encodeURIComponent(loaded)}`, main, "--help"];
  const { stdout } = await promisify(execFile)(file, options, { maxBuffer: 16 * 1024 * 1024 });
  expect(stdout).toMatch(/emulator\/cli\/cli\.ts/);
  expect(stdout).not.toMatch(/emulator\/app\.ts|node_modules\/(fastify|dockerode|@aws-sdk)\//);
});
