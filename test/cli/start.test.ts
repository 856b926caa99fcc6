import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "./run.ts";

let directory: string;
/** An emulator without nodes needs no engine. */
let withoutNodes: readonly string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ssm-emulator-start-"));
  const seed = join(directory, "seed.yaml");
  writeFileSync(seed, "nodes: []\n");
  withoutNodes = ["start", "--seed", seed, "--state-dir", directory, "--log-level", "silent"];
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

describe("start", () => {
  it("says Ready. when it can be used, and ends on a signal", { timeout: 20_000 }, async () => {
    const log = join(directory, "sessions.jsonl");
    const main = join(import.meta.dirname, "..", "..", "emulator", "main.ts");
    const emulator = spawn(process.execPath, [main, ...withoutNodes, "--port", "0", "--session-log", log]);
    let [out, err] = ["", ""];
    emulator.stdout.on("data", (chunk) => {
      out += chunk;
    });
    emulator.stderr.on("data", (chunk) => {
      err += chunk;
    });
    try {
      await vi.waitFor(() => expect(err).toMatch(/\nReady\.\n$/), { timeout: 15_000 });
      const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(err)?.[0];
      expect((await fetch(`${endpoint}/_emulator/health`)).status).toBe(200);
      emulator.kill("SIGTERM");
      const [exitCode] = await once(emulator, "exit");
      expect([exitCode, out]).toEqual([0, ""]);
      expect(readFileSync(log, "utf8")).toBe("");
    } finally {
      emulator.kill("SIGKILL");
    }
  });

  it("says in one line that its port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { exitCode, out, err } = await run(...withoutNodes, "--port", `${port}`);
    server.close();
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toMatch(
      /^Cannot listen: .*EADDRINUSE.* Choose another port with --port or SSM_EMULATOR_PORT\.\n$/,
    );
  });

  it.each([
    [["--port", "x"], '--port: expected a whole number from 0 to 65535, found "x"\n'],
    [["--stream-url", "x"], '--stream-url: expected one of auto, aws, endpoint, found "x"\n'],
  ])("refuses the setting %j", async (options, err) => {
    expect(await run(...withoutNodes, ...options)).toEqual({ exitCode: 2, out: "", err });
  });

  it("refuses a variable that is wrong", async () => {
    vi.stubEnv("SSM_EMULATOR_RESUME_GRACE_MS", "soon");
    const { exitCode, err } = await run(...withoutNodes);
    expect(exitCode).toBe(2);
    expect(err).toBe(
      'SSM_EMULATOR_RESUME_GRACE_MS: expected a whole number from 0 to 86400000, found "soon"\n',
    );
  });

  it("refuses a seed that is missing, before anything is started", async () => {
    const { exitCode, err } = await run("start", "--seed", join(directory, "missing.yaml"));
    expect(exitCode).toBe(2);
    expect(err).toMatch(/missing\.yaml: expected a seed file, found: ENOENT.*\n$/);
  });

  it("refuses a session log that cannot be opened", async () => {
    const { exitCode, err } = await run(...withoutNodes, "--session-log", join(directory, "missing", "log"));
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^The session log cannot be written: ENOENT.*\n$/);
  });
});
