import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { TerminateSessionCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { describeWithAwsCli, describeWithStockClient, ownPluginFolder } from "../helpers/programs.ts";
import { TerminalDriver } from "../helpers/terminal.ts";
import { noRunAs, runAs, setPreferences } from "./shells.ts";
import { type PluginCall, pluginCall, pluginOnPipes, pluginOnTerminal } from "./stock-client.ts";
import { WeakNetwork } from "./weak-network.ts";

/** Our executable in the stock plugin's place. */

const ownPlugin = join(ownPluginFolder, "session-manager-plugin");
const nodeFolder = dirname(process.execPath);

let lab: TestEmulator;
beforeAll(async () => {
  lab = await startTestEmulator();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** What the plugin prints between pipes, with the given input. */
async function printed(call: PluginCall, input: string | undefined, plugin: string): Promise<string> {
  const child = pluginOnPipes(call, plugin);
  let output = "";
  child.stdout.on("data", (bytes) => {
    output += bytes;
  });
  if (input !== undefined) child.stdin.end(input);
  const [exitCode] = (await once(child, "close")) as [number];
  return `${output.replaceAll(call.sessionId, "SESSION")}(exit code ${exitCode})`;
}

describeWithNodes("our own plugin", () => {
  it("resumes a session whose connection was lost, and shows every line once", async () => {
    await setPreferences(lab, noRunAs);
    await using network = await WeakNetwork.before(lab.emulator.url);
    const call = await pluginCall(lab, "alice", network.url);
    const plugin = pluginOnPipes(call, ownPlugin);
    const chunks: Buffer[] = [];
    plugin.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    plugin.stdin.write("seq 1 200000; exit\n");
    for (let cut = 0; cut < 3; cut++) {
      await network.delivered(300_000);
      network.cut();
    }
    await once(plugin, "close");
    const output = Buffer.concat(chunks).toString();
    const numbers = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\r\n`).join("");
    expect(output.includes(`\r${numbers}`)).toBe(true);
    expect(output).toMatch(/\n\nExiting session with sessionId: \S+\.\n\n$/);
  });

  it("has what was typed while the connection was lost", async () => {
    await setPreferences(lab, noRunAs);
    await using network = await WeakNetwork.before(lab.emulator.url);
    const call = await pluginCall(lab, "alice", network.url);
    await using terminal = pluginOnTerminal(call, ownPlugin);
    await terminal.expectText("sh-5.2$ ");
    network.goDown();
    const status = () => lab.emulator.state().sessions.get(call.sessionId)?.status;
    await vi.waitUntil(() => status() === "Disconnected", { timeout: 5_000 });
    terminal.type("echo $((6*7))\r");
    network.restore();
    await terminal.expectText("42\r\r\n");
  });

  it("says that a session is gone that ended meanwhile, and leaves the terminal as it was", async () => {
    await setPreferences(lab, noRunAs);
    await using network = await WeakNetwork.before(lab.emulator.url);
    const call = await pluginCall(lab, "alice", network.url);
    const script = `'${ownPlugin}' "$@"; echo "exit $?"; stty -a`;
    await using terminal = new TerminalDriver("sh", ["-c", script, "sh", ...call.args], {
      env: call.environment,
    });
    await terminal.expectText("sh-5.2$ ");
    network.goDown();
    await lab.ssm("root").send(new TerminateSessionCommand({ SessionId: call.sessionId }));
    network.restore();
    await terminal.expectText(new RegExp(`Session: ${call.sessionId} timed out\\.\r\nexit 0`));
    await terminal.expectText(/ icanon [\s\S]* echo /);
  });

  it("turns signals into the bytes of keys where no terminal does", async () => {
    await setPreferences(lab, noRunAs);
    const plugin = pluginOnPipes(await pluginCall(lab, "alice"), ownPlugin);
    let output = "";
    plugin.stdout.on("data", (bytes) => {
      output += bytes;
    });
    plugin.stdin.write("sh -c 'echo asleep; exec sleep 1000'\n");
    await vi.waitUntil(() => output.includes("asleep\r\n"), { timeout: 5_000 });
    plugin.kill("SIGINT");
    await vi.waitUntil(() => output.includes("^C"), { timeout: 5_000 });
    plugin.stdin.write("exit\n");
    await once(plugin, "close");
    expect(output).toContain("Exiting session");
  });

  it("cannot start a session where nobody is, and says why", async () => {
    const call = await pluginCall(lab, "alice");
    const [response = "", ...rest] = call.args;
    const args = [response.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:2"), ...rest];
    expect(await printed({ ...call, args }, undefined, ownPlugin)).toBe(
      "\nStarting session with SessionId: SESSION\nCannot perform start session: connect ECONNREFUSED 127.0.0.1:2\n(exit code 0)",
    );
  });
});

describeWithStockClient("our own plugin and the stock one", () => {
  it.each([
    { args: [] },
    { args: ["--help"] },
    { args: ["{}", "us-east-1"] },
    { args: ["{}", "us-east-1", "StopSession"] },
    { args: ["", "us-east-1", "StartSession"] },
    { args: ["hello", "us-east-1", "StartSession"] },
    { args: ["AWS_SSM_START_SESSION_RESPONSE", "us-east-1", "StartSession"] },
  ])("print the same for $args", async ({ args }) => {
    const call = { sessionId: "-", args, environment: { PATH: process.env.PATH ?? "" } };
    expect(await printed(call, "", ownPlugin)).toBe(await printed(call, "", "session-manager-plugin"));
  });

  it("print the same when the node refuses", async () => {
    await setPreferences(lab, runAs());
    const [ours, stock] = [await pluginCall(lab, "bob"), await pluginCall(lab, "bob")];
    expect(await printed(ours, undefined, ownPlugin)).toBe(
      await printed(stock, undefined, "session-manager-plugin"),
    );
  });

  it("end both at once when their input does", async () => {
    await setPreferences(lab, noRunAs);
    for (const plugin of [ownPlugin, "session-manager-plugin"]) {
      const output = await printed(await pluginCall(lab, "alice"), "", plugin);
      expect(output).toMatch(
        /^\nStarting session .+\n[\s\S]*Cannot perform start session: EOF\n\(exit code 0\)$/,
      );
    }
  });
});

describeWithAwsCli("our own plugin under the AWS CLI", () => {
  const path = `${ownPluginFolder}:${process.env.PATH}`;

  it("is handed the session in the environment, not where everybody can read it", async () => {
    await setPreferences(lab, noRunAs);
    const args = ["ssm", "start-session", "--target", webNodeId];
    await using terminal = new TerminalDriver("aws", args, {
      env: { ...lab.environment("alice"), PATH: path },
    });
    await terminal.expectText("sh-5.2$ ");
    const { stdout } = await promisify(execFile)("ps", ["-e", "-ww", "-o", "args="]);
    expect(stdout).toMatch(/plugin\/main\.ts AWS_SSM_START_SESSION_RESPONSE\S* us-east-1 StartSession/);
    expect(stdout).not.toContain("TokenValue");
    terminal.type("exit\r");
    expect(await terminal.exited).toBe(0);
  });

  it("goes under AWS's own host names, through the proxy, and resumes there", async () => {
    await setPreferences(lab, noRunAs);
    await using network = await WeakNetwork.before(lab.emulator.url);
    const { AWS_ENDPOINT_URL: _, ...environment } = lab.environment("alice");
    const { caCertificatePath } = lab.emulator;
    const lane = {
      HTTPS_PROXY: network.url,
      AWS_CA_BUNDLE: caCertificatePath,
      SSL_CERT_FILE: caCertificatePath,
    };
    const args = ["ssm", "start-session", "--target", webNodeId, "--region", "us-east-1"];
    await using terminal = new TerminalDriver("aws", args, { env: { ...environment, ...lane, PATH: path } });
    await terminal.expectText("sh-5.2$ ");
    network.cut();
    terminal.type("echo $((6*7))\r");
    await terminal.expectText("42\r\r\n");
    terminal.type("exit\r");
    expect(await terminal.exited).toBe(0);
  });
});

describe("the executable", () => {
  it("is found through links", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ssm-emulator-test-"));
    try {
      await symlink(ownPlugin, join(folder, "one"));
      await symlink("one", join(folder, "two"));
      const { stdout } = spawnSync(join(folder, "two"), ["--version"], {
        env: { PATH: `${nodeFolder}:/usr/bin:/bin` },
        encoding: "utf8",
      });
      expect(stdout).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
      expect(stdout.localeCompare("1.2.497.0", "en", { numeric: true })).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ["is too old", "#!/bin/sh\necho v20.1.0\n", /^session-manager-plugin: .*24 or newer.* is v20\.1\.0\.\n$/],
    ["is missing", undefined, /^session-manager-plugin: .*no node on PATH\.\n$/],
  ])("says so when Node %s", async (_what, node, text) => {
    const folder = await mkdtemp(join(tmpdir(), "ssm-emulator-test-"));
    try {
      // Without the project beside it, and with no other node on PATH.
      await writeFile(join(folder, "plugin"), await readFile(ownPlugin), { mode: 0o755 });
      for (const name of ["dirname", "readlink"]) await symlink(`/usr/bin/${name}`, join(folder, name));
      if (node !== undefined) await writeFile(join(folder, "node"), node, { mode: 0o755 });
      const { stderr, status } = spawnSync("/bin/sh", [join(folder, "plugin")], {
        env: { PATH: folder },
        encoding: "utf8",
      });
      expect(stderr).toMatch(text);
      expect(status).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
