import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { DataChannelClient } from "../../emulator/client/data-channel-client.ts";
import { resumeSession, startSession } from "../../emulator/client/start-session.ts";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { TerminalDriver } from "../helpers/terminal.ts";
import { noRunAs, runAs, setPreferences } from "./shells.ts";

const main = join(import.meta.dirname, "../../emulator/main.ts");

/** Prints a line when it can be interrupted. */
const sleeping = "sh -c 'echo asleep; exec sleep 1000'";

let lab: TestEmulator;
beforeAll(async () => {
  lab = await startTestEmulator();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** What a shell has printed, without colours and modes. */
class Shell implements AsyncDisposable {
  readonly client: DataChannelClient;
  #output = "";

  private constructor(client: DataChannelClient) {
    this.client = client;
  }

  static async open(persona: string): Promise<Shell> {
    const aws = {
      endpoint: lab.emulator.url,
      region: "us-east-1",
      credentials: lab.credentials(persona),
    };
    const { client: ssm, ...start } = await startSession(aws, { target: webNodeId });
    const shell: Shell = new Shell(
      new DataChannelClient({
        start,
        clientVersion: "1.2.707.0",
        size: { columns: 90, rows: 30 },
        resume: () => resumeSession(ssm, start.sessionId),
        onOutput: (bytes) => {
          shell.#output += Buffer.from(bytes).toString();
        },
      }),
    );
    await shell.expect("sh-5.2$ ");
    return shell;
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until the text is there, and forgets what came up to it. */
  async expect(text: string, timeout = 10_000): Promise<void> {
    await vi.waitUntil(() => this.#output.includes(text), { timeout, interval: 10 });
    this.#output = this.#output.slice(this.#output.indexOf(text) + text.length);
  }

  async run(command: string): Promise<void> {
    await this.client.write(Buffer.from(`${command}\r`));
    await this.expect(`${command}\r\n`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.client[Symbol.asyncDispose]();
  }
}

describeWithNodes("our own client", () => {
  it("has a shell of the right user, with its size, and hears its end", async () => {
    await setPreferences(lab, runAs("test-user"));
    await using shell = await Shell.open("alice");
    await shell.run("whoami");
    await shell.expect("my-os-user\r\n");
    await shell.run("stty size");
    await shell.expect("30 90\r\n");
    shell.client.resize({ columns: 132, rows: 43 });
    await shell.expect("sh-5.2$ ");
    await shell.run("stty size");
    await shell.expect("43 132\r\n");
    await shell.client.write(Buffer.from("exit\r"));
    expect(await shell.client.ended).toEqual({ type: "closed", output: "" });
  });

  it("interrupts a command with a byte", async () => {
    await setPreferences(lab, noRunAs);
    await using shell = await Shell.open("alice");
    await shell.run(sleeping);
    await shell.expect("asleep\r\n");
    await shell.client.write(Uint8Array.of(0x03));
    await shell.expect("^C\r\n");
    await shell.expect("sh-5.2$ ");
  });

  it("comes back after each lost connection without a byte lost or doubled", async () => {
    await setPreferences(lab, noRunAs);
    await using shell = await Shell.open("alice");
    await shell.client.write(Buffer.from("stty -echo; PS1=; seq 1 50000; echo end\r"));
    for (let round = 0; round < 5; round++) {
      await vi.waitUntil(() => shell.output.length > round * 20_000, { interval: 5 });
      shell.client.disconnect();
      await shell.client.reconnect();
    }
    const numbers = Array.from({ length: 50_000 }, (_, index) => `${index + 1}\r\n`).join("");
    await vi.waitUntil(() => shell.output.includes("\r\nend\r\n"), { timeout: 20_000 });
    expect(shell.output.includes(`${numbers}end\r\n`)).toBe(true);
  });

  it("is told why the node refuses it", async () => {
    await setPreferences(lab, runAs());
    const aws = {
      endpoint: lab.emulator.url,
      region: "us-east-1",
      credentials: lab.credentials("bob"),
    };
    const { client: _, ...start } = await startSession(aws, { target: webNodeId });
    await using client = new DataChannelClient({
      start,
      clientVersion: "1.2.707.0",
      size: { columns: 80, rows: 24 },
      resume: async () => undefined,
      onOutput: () => {},
    });
    expect(await client.ended).toEqual({
      type: "closed",
      output: expect.stringContaining("RunAs user os-test-user does not exist"),
    });
  });
});

describeWithNodes("ssm-emulator connect", () => {
  const args = (...more: readonly string[]) => [main, "connect", "--endpoint", lab.emulator.url, ...more];
  const env = { PATH: process.env.PATH ?? "", TERM: "xterm-256color" };

  async function throughPipes(input: string, ...more: readonly string[]) {
    const child = spawn(process.execPath, args(...more), { env });
    const output = { out: "", err: "" };
    child.stdout.on("data", (bytes) => {
      output.out += bytes;
    });
    child.stderr.on("data", (bytes) => {
      output.err += bytes;
    });
    child.stdin.end(input);
    const [exitCode] = (await once(child, "close")) as [number];
    return { exitCode, ...output };
  }

  it("gives a shell on the terminal, to which every key goes, and leaves the terminal as it was", async () => {
    await setPreferences(lab, runAs());
    const script = `'${process.execPath}' ${args("web-1", "--as", "alice").join(" ")}; echo "exit $?"; stty -a`;
    await using shell = new TerminalDriver("sh", ["-c", script], { env });
    await shell.expectText(/^\r\nStarting session with SessionId: alice-\S+\r\n/);
    await shell.expectText("sh-5.2$ ");
    shell.type(`${sleeping}\r`);
    await shell.expectText("asleep\r\r\n");
    shell.type("\u0003");
    await shell.expectText("^C");
    await shell.expectText("sh-5.2$ ");
    shell.type("stty size\r");
    await shell.expectText("24 80");
    shell.resize(132, 43);
    shell.type("until stty size | grep '43 132'; do sleep 0.1; done; whoami\r");
    await shell.expectText("43 132\r\r\nmy-os-user");
    shell.type("exit\r");
    await shell.expectText(/\r\n\r\nExiting session with sessionId: alice-\S+\.\r\n\r\nexit 0\r\n/);
    await shell.exited;
    expect(shell.output).toMatch(/ icanon /);
    expect(shell.output).toMatch(/\bisig /);
    expect(shell.output).toMatch(/ echo /);
  });

  it("runs what comes through a pipe, and ends when that ends", async () => {
    await setPreferences(lab, noRunAs);
    const { exitCode, out, err } = await throughPipes("true\necho $((6*7))-$(whoami)", webNodeId);
    expect([exitCode, err]).toEqual([0, ""]);
    expect(out).toContain("42-ssm-user\r\n");
    expect(out).toMatch(/\n\nExiting session with sessionId: root-\S+\.\n\n$/);
  });

  it("says how it was refused, by the service and by the node", async () => {
    await setPreferences(lab, runAs());
    expect(await throughPipes("", "web-1", "--as", "test-user")).toEqual({
      exitCode: 1,
      out: "",
      err: "An error occurred (BadRequest) when calling the StartSession operation: Invalid RunAs username. Set default username in Session Manager Preferences page.\n",
    });
    const { exitCode, out } = await throughPipes("", "web-1", "--as", "bob");
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /\n\nSessionId: bob-\S+ : \n-{10}ERROR-{7}\n.*RunAs user os-test-user does not exist\n\n\n$/,
    );
  });

  it.each([
    [["web-9"], "There is no node web-9. Known: web-1 (i-0a1b2c3d4e5f60718)"],
    [["web-1", "--as", "carol"], "There is no persona carol."],
    [["web-1", "--parameters", "x"], "--parameters: expected KEY=VALUE, found x"],
    [[], "missing required argument 'node'"],
  ])("counts %o as a mistake", async (more, text) => {
    const { exitCode, out, err } = await throughPipes("", ...more);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toContain(text);
  });

  it("runs a command", async () => {
    await setPreferences(lab, noRunAs);
    const { exitCode, out } = await throughPipes("", "web-1", "--", "echo", "$((6*7))");
    expect(exitCode).toBe(0);
    expect(out).toContain("42\r\n");
  });

  it("restores the terminal when it is killed by a signal", async () => {
    await setPreferences(lab, noRunAs);
    const command = `exec '${process.execPath}' ${args("web-1").join(" ")}`;
    const script = `sh -c "echo \\$\\$; ${command}"; stty -a`;
    await using shell = new TerminalDriver("sh", ["-c", script], { env });
    await shell.expectText("sh-5.2$ ");
    process.kill(Number.parseInt(shell.output, 10), "SIGTERM");
    await shell.exited;
    expect(shell.output).toMatch(/ icanon /);
    expect(shell.output).toMatch(/ echo /);
  });
});
