import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { run as runCli } from "./run.ts";

const main = join(import.meta.dirname, "../../emulator/main.ts");

let directory: string;
/** An emulator without nodes needs no engine. */
let withoutNodes: readonly string[];
let running: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ssm-emulator-exec-"));
  const seed = join(directory, "empty.yaml");
  writeFileSync(seed, "users: [{ name: alice, accessKeys: [{ id: AKIAALICE, secret: aliceSecret }] }]\n");
  withoutNodes = ["exec", "--seed", seed, "--state-dir", directory];
});
afterEach(() => {
  running?.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

interface Run {
  readonly process: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exitCode: Promise<number>;
}

/** Runs the command line in a process group of its own, as a shell does. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [main, ...withoutNodes, ...args], {
    detached: true,
    env: { ...process.env, ...environment },
  });
  running = child;
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return {
    process: child,
    out: () => out,
    err: () => err,
    exitCode: once(child, "close").then(([code]) => Number(code)),
  };
}

/** Runs a script of Node's, waits for its end, and reads what it printed as JSON. */
async function variablesSeenBy(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const { exitCode, out, err } = start(
    [...args, "--", process.execPath, "-p", "JSON.stringify(process.env)"],
    environment,
  );
  expect([await exitCode, err()]).toEqual([0, ""]);
  return JSON.parse(out());
}

const stale = {
  AWS_PROFILE: "stale",
  AWS_SESSION_TOKEN: "stale",
  AWS_ENDPOINT_URL_SSM: "https://ssm.us-east-1.amazonaws.com",
  AWS_ENDPOINT_URL: "stale",
};

describe("the command's environment", () => {
  it("is the root's at the emulator, and nobody else's elsewhere", async () => {
    const variables = await variablesSeenBy([], { ...stale, KEPT: "yes" });
    expect(variables).toMatchObject({
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ENDPOINT_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      SSM_EMULATOR_ENDPOINT: variables.AWS_ENDPOINT_URL,
      AWS_PAGER: "",
      KEPT: "yes",
    });
    for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SSM"]) {
      expect(variables).not.toHaveProperty(name);
    }
  });

  it("is a persona's, in the region and at the port of the settings", async () => {
    const port = await freePort();
    const settings = { SSM_EMULATOR_REGION: "eu-west-1", SSM_EMULATOR_PORT: `${port}` };
    expect(await variablesSeenBy(["--as", "alice"], settings)).toMatchObject({
      AWS_ACCESS_KEY_ID: "AKIAALICE",
      AWS_SECRET_ACCESS_KEY: "aliceSecret",
      AWS_REGION: "eu-west-1",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    });
  });

  it("leads to AWS's own host names where that is asked for", async () => {
    const variables = await variablesSeenBy(["--aws-hosts"], stale);
    const proxy = variables.SSM_EMULATOR_ENDPOINT;
    expect(variables).toMatchObject({ HTTPS_PROXY: proxy, https_proxy: proxy });
    expect(variables.AWS_CA_BUNDLE).toMatch(new RegExp(`^${directory}/.*\\.pem$`));
    expect(variables).toMatchObject({
      SSL_CERT_FILE: variables.AWS_CA_BUNDLE,
      NODE_EXTRA_CA_CERTS: variables.AWS_CA_BUNDLE,
    });
    expect(variables).not.toHaveProperty("AWS_ENDPOINT_URL");
  });

  it("has our plugin last on PATH", async () => {
    const { PATH = "" } = await variablesSeenBy([]);
    const folder = join(import.meta.dirname, "../../session-manager-plugin");
    expect(PATH).toBe(`${process.env.PATH}:${folder}`);
  });
});

describe("the exit code", () => {
  it.each([
    [["sh", "-c", "exit 7"], 7, ""],
    [["sh", "-c", "kill -TERM $$"], 143, ""],
    [["sh", "-c", "kill -KILL $$"], 137, ""],
    [["no-such-command"], 127, "no-such-command: command not found\n"],
    [[""], 127, ": command not found\n"],
    [["/etc/passwd"], 126, "/etc/passwd: cannot be executed (EACCES)\n"],
  ])("of %j is %i", async (command, code, err) => {
    const result = start(["--", ...command]);
    expect([await result.exitCode, result.err()]).toEqual([code, err]);
  });
});

describe("a signal", () => {
  /** Says that it is there, and on each signal what it got; ends with SIGTERM, or with stdin. */
  const script = [
    "console.log('endpoint', process.env.AWS_ENDPOINT_URL, process.pid)",
    "process.on('SIGINT', () => { console.log('interrupted'); setTimeout(() => process.exit(5), 50) })",
    "process.on('SIGTERM', () => { console.log('terminated'); process.exit(6) })",
    "setInterval(() => {}, 1000)",
  ].join(";");

  async function startScript(): Promise<Run & { readonly endpoint: string; readonly pid: number }> {
    const result = start(["--", process.execPath, "-e", script]);
    await vi.waitUntil(() => result.out().includes("\n"), { timeout: 15_000 });
    const [, endpoint = "", pid] = result.out().trim().split(" ");
    return { ...result, endpoint, pid: Number(pid) };
  }

  async function expectNothingLeft({ endpoint, pid }: { endpoint: string; pid: number }): Promise<void> {
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    await expect(fetch(endpoint)).rejects.toThrow("fetch failed");
  }

  it("of the terminal's reaches the command, whose end is waited for", async () => {
    const command = await startScript();
    expect((await fetch(`${command.endpoint}/_emulator/health`)).status).toBe(200);
    process.kill(-Number(command.process.pid), "SIGINT");
    expect(await command.exitCode).toBe(5);
    expect(command.out()).toMatch(/\ninterrupted\n$/);
    await expectNothingLeft(command);
  });

  it("to end is forwarded to the command", async () => {
    const command = await startScript();
    command.process.kill("SIGTERM");
    expect(await command.exitCode).toBe(6);
    expect(command.out()).toMatch(/\nterminated\n$/);
    await expectNothingLeft(command);
  });
});

describe("an emulator that cannot start", () => {
  it("says why as ever, and the command is not run", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const result = start(["--port", `${port}`, "--", "echo", "it ran"]);
    expect([await result.exitCode, result.out()]).toEqual([2, ""]);
    expect(result.err()).toMatch(/^Cannot listen: .*EADDRINUSE.*\n$/);
    server.close();
  });

  it.each([
    [["--as", "carol", "--", "echo"], "There is no persona carol. Known: root, alice.\n"],
    [["--log-level", "loud", "--", "echo"], expect.stringMatching(/^--log-level: expected one of .*\n$/)],
  ])("for %j says so in one line", async (args, err) => {
    const result = start(args);
    expect([await result.exitCode, result.out(), result.err()]).toEqual([2, "", err]);
  });

  it("is not even tried without a command, or with settings that make no sense here", async () => {
    expect((await runCli("exec")).err).toContain("missing required argument 'command'");
    expect((await runCli("exec", "--keep-nodes", "--", "true")).err).toContain(
      "unknown option '--keep-nodes'",
    );
  });
});
