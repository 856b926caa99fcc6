import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import { TerminalDriver } from "../helpers/terminal.ts";
import { WeakNetwork } from "./weak-network.ts";

/** AWS's own command lines, without an endpoint anywhere: design, "AWS-host lane". */

const run = promisify(execFile);
const startSession = ["ssm", "start-session", "--target", webNodeId, "--region", "us-east-1"];

describeWithStockClient("the lane under AWS's own host names", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startTestEmulator();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  /** Of a program that knows the proxy and the authority, and no endpoint. */
  function environment(proxy = lab.emulator.url): Record<string, string> {
    const { AWS_ENDPOINT_URL: _, ...rest } = lab.environment("alice");
    const { caCertificatePath } = lab.emulator;
    return {
      ...rest,
      HTTPS_PROXY: proxy,
      AWS_CA_BUNDLE: caCertificatePath,
      SSL_CERT_FILE: caCertificatePath,
    };
  }

  function sessionIdOf(terminal: TerminalDriver): string {
    return /SessionId: (\S+)/.exec(terminal.output)?.[1] ?? "";
  }

  async function expectWhoami(terminal: TerminalDriver): Promise<void> {
    terminal.type("whoami\r");
    await terminal.expectText("whoami\r\r\n\u001b[?2004l\rmy-os-user\r\r\n");
    await terminal.expectText("sh-5.2$ ");
  }

  it("gives a shell, whose data channel is under AWS's name too", async () => {
    await using terminal = new TerminalDriver("aws", startSession, { env: environment() });
    await terminal.expectText("sh-5.2$ ");
    await expectWhoami(terminal);

    const sessionId = sessionIdOf(terminal);
    const resume = ["ssm", "resume-session", "--session-id", sessionId, "--output", "json"];
    const { stdout } = await run("aws", resume, { env: environment() });
    expect(JSON.parse(stdout)).toMatchObject({
      SessionId: sessionId,
      StreamUrl: `wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/${sessionId}?role=publish_subscribe`,
    });

    terminal.type("exit\r");
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).toContain(`Exiting session with sessionId: ${sessionId}.`);
  });

  it("resumes a session whose connection was lost", async () => {
    await using network = await WeakNetwork.before(lab.emulator.url);
    await using terminal = new TerminalDriver("aws", startSession, { env: environment(network.url) });
    await terminal.expectText("sh-5.2$ ");
    const status = () => lab.emulator.state().sessions.get(sessionIdOf(terminal))?.status;
    network.goDown();
    await vi.waitUntil(() => status() === "Disconnected", { timeout: 5_000 });
    network.restore();
    await vi.waitUntil(() => status() === "Connected", { timeout: 10_000 });
    await expectWhoami(terminal);
  });

  it("tells who is calling, whatever the service", async () => {
    const identity = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    expect((await run("aws", identity, { env: environment() })).stdout).toBe(
      "arn:aws:iam::000000000000:user/alice\n",
    );
    const users = ["iam", "list-users", "--query", "Users[].UserName", "--output", "text"];
    expect((await run("aws", users, { env: environment() })).stdout).toBe("alice\tbob\ttest-user\n");
  });

  it.each([
    ["with AWS's host names", "--aws-hosts"],
    ["with an endpoint", ""],
  ])("is what a shell evaluates from `env` %s", async (_what, option) => {
    const home = await mkdtemp(join(tmpdir(), "ssm-emulator-test-"));
    try {
      const main = new URL("../../emulator/main.ts", import.meta.url).pathname;
      const env = `'${process.execPath}' '${main}' env --as alice ${option} --endpoint ${lab.emulator.url}`;
      const script = `eval "$(${env})" && exec aws ${startSession.join(" ")}`;
      const foreign = { AWS_SESSION_TOKEN: "foreign", AWS_PROFILE: "foreign", AWS_PAGER: "" };
      const base = { PATH: process.env.PATH ?? "", HOME: home, TERM: "xterm-256color" };
      await using terminal = new TerminalDriver("sh", ["-c", script], { env: { ...base, ...foreign } });
      await terminal.expectText("sh-5.2$ ");
      await expectWhoami(terminal);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
