import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { describeWithStockClient, ownPluginFolder } from "../helpers/programs.ts";
import { eventsOf } from "../helpers/sessions.ts";
import { TerminalDriver } from "../helpers/terminal.ts";
import { runAs, setPreferences } from "./shells.ts";
import { pluginCall, pluginOnTerminal } from "./stock-client.ts";

/** Sessions that are encrypted with KMS: data-channel reference, section 14. */

const alias = "alias/session-manager";
const logGroup = "/ssm/session-logs";
const encrypted = "This session is encrypted using AWS KMS.";

async function startLab(): Promise<TestEmulator> {
  const lab = await startTestEmulator({ seed: { kmsKeys: [{ alias }] } });
  await setPreferences(lab, {
    ...runAs(),
    kmsKeyId: alias,
    cloudWatchLogGroupName: logGroup,
    cloudWatchStreamingEnabled: true,
  });
  return lab;
}

/** AWS's plugin knows no endpoint for KMS. */
function underAwsHosts(lab: TestEmulator): Record<string, string> {
  const { AWS_ENDPOINT_URL: _, ...rest } = lab.environment("alice");
  const { caCertificatePath } = lab.emulator;
  return {
    ...rest,
    HTTPS_PROXY: lab.emulator.url,
    AWS_CA_BUNDLE: caCertificatePath,
    SSL_CERT_FILE: caCertificatePath,
  };
}

async function talk(terminal: TerminalDriver): Promise<void> {
  await terminal.expectText(`${encrypted}\r\n`);
  await terminal.expectText("sh-5.2$ ");
  terminal.type("whoami; seq 3000 | tail -1\r");
  await terminal.expectText("my-os-user\r\r\n3000\r\r\n");
  terminal.type("exit\r");
  expect(await terminal.exited).toBe(0);
  expect(terminal.output).toContain("Exiting session with sessionId: ");
}

function startSession(environment: Record<string, string>): TerminalDriver {
  const args = ["ssm", "start-session", "--target", webNodeId, "--region", "us-east-1"];
  return new TerminalDriver("aws", args, { env: environment });
}

describeWithStockClient("an encrypted session in the stock plugin", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it("is a shell like any other, and its log is readable", async () => {
    await using terminal = startSession(underAwsHosts(lab));
    await talk(terminal);
    const [, sessionId = ""] = /SessionId: (\S+)/.exec(terminal.output) ?? [];
    await expect
      .poll(async () => (await eventsOf(lab, logGroup, sessionId).catch(() => [])).join("\n"), {
        timeout: 10_000,
      })
      .toContain("my-os-user");
  });

  it("runs a command that is not interactive", async () => {
    const document = ["--document-name", "AWS-StartNonInteractiveCommand", "--parameters", "command=id -un"];
    const args = ["ssm", "start-session", "--target", webNodeId, "--region", "us-east-1", ...document];
    await using terminal = new TerminalDriver("aws", args, { env: underAwsHosts(lab) });
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).toContain(`${encrypted}\r\nmy-os-user\r\n\r\n\r\nExiting session`);
  });

  it("is refused with the agent's text when the key is disabled", async () => {
    const [key] = [...lab.emulator.state().kmsKeys.values()];
    if (key === undefined) throw new Error("the seed made no key");
    lab.emulator.state().kmsKeys.put(key.keyId, { ...key, keyState: "Disabled" });
    await using terminal = startSession(underAwsHosts(lab));
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).toMatch(
      /SessionId: \S+ : \r\n----------ERROR-------\r\nEncountered error while initiating handshake\. KMSEncryption failed on client with status 2 error: Failed to process action KMSEncryption: Error calling KMS GenerateDataKey API: DisabledException/,
    );
    lab.emulator.state().kmsKeys.put(key.keyId, key);
  });
});

describeWithNodes("an encrypted session in our own clients", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it("is a shell in `connect`", async () => {
    const main = join(import.meta.dirname, "../../emulator/main.ts");
    const args = [main, "connect", "web-1", "--as", "alice", "--endpoint", lab.emulator.url];
    await using terminal = new TerminalDriver(process.execPath, args, { env: lab.environment("alice") });
    await talk(terminal);
  });

  it("is a shell in our plugin, which asks the emulator's endpoint for the key", async () => {
    const call = await pluginCall(lab, "alice");
    await using terminal = pluginOnTerminal(call, join(ownPluginFolder, "session-manager-plugin"));
    await talk(terminal);
  });
});
