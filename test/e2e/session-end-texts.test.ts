import { once } from "node:events";
import { createServer } from "node:net";
import { GenerateDataKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { StartSessionCommand, type StartSessionCommandInput } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ProcessedClientAction } from "../../emulator/protocol/handshake.ts";
import { encodeKmsResult, kmsEncryptionAction } from "../../emulator/protocol/kms-action.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { freePort } from "../helpers/free-port.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import { responseFrameOf } from "../session/client-frames.ts";
import { RawClient } from "./raw-client.ts";
import { noRunAs, runAs, setPreferences } from "./shells.ts";
import { awsStartSession } from "./stock-client.ts";

/** The table of the data-channel reference, section 13: what the user sees at the end, text for text. */

const oldAgentNodeId = "i-0a1b2c3d4e5f60719";
const keyAlias = "alias/session-manager";
const head = "\r\n\r\nSessionId: ID : ";
const banner = "\r\n----------ERROR-------\r\n";
const port = (host: string, portNumber: string) => ({ host: [host], portNumber: [portNumber] });

interface Situation {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly persona?: string;
  readonly document?: string;
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly target?: string;
}

describeWithStockClient("what the user sees at the end", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    const [web] = builtInSeed.nodes;
    if (web === undefined) throw new Error("the seed has no node");
    lab = await startTestEmulator({
      seed: {
        nodes: [web, { ...web, id: oldAgentNodeId, name: "old-1", agentVersion: "3.0.100.0" }],
        logGroups: ["/plain"],
        kmsKeys: [{ alias: keyAlias }],
      },
      service: { streamUrlForm: "auto", missingRunAsUserRefusedBy: "node", repeatedTerminate: "succeeds" },
    });
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  async function shown({ inputs = noRunAs, persona = "alice", ...request }: Situation): Promise<string> {
    await setPreferences(lab, inputs);
    const { document, parameters, target } = request;
    const { url, caCertificatePath } = lab.emulator;
    // AWS's plugin knows no endpoint for KMS: it would ask the real one.
    const lane = { HTTPS_PROXY: url, AWS_CA_BUNDLE: caCertificatePath };
    await using terminal = awsStartSession(
      { ...lab.environment(persona), ...lane },
      ...(target === undefined ? [] : ["--target", target]),
      ...(document === undefined ? [] : ["--document-name", document]),
      ...(parameters === undefined ? [] : ["--parameters", JSON.stringify(parameters)]),
    );
    expect(await terminal.exited).toBe(0);
    const [, sessionId = ""] = /Starting session with SessionId: (\S+)/.exec(terminal.output) ?? [];
    return terminal.output
      .replaceAll(sessionId, "ID")
      .replace("\r\nStarting session with SessionId: ID\r\n", "");
  }

  const command = (document: string, text: string) => ({ document, parameters: { command: [text] } });

  it.each<[string, string, Situation]>([
    [
      "RunAs user missing",
      `${banner}Unable to start command: failed to start pty since RunAs user os-test-user does not exist\r\n`,
      { inputs: runAs(), persona: "bob" },
    ],
    [
      "RunAs enabled, no user",
      `${banner}Unable to start command: please set the RunAs default user\r\n`,
      { inputs: runAs(), persona: "test-user" },
    ],
    [
      "uid or gid 0",
      `${banner}Unable to start command: invalid uid and gid\r\n`,
      { inputs: runAs("root"), persona: "test-user" },
    ],
    [
      "client action failed",
      `${banner}Encountered error while initiating handshake. KMSEncryption failed on client with status 2 error: Failed to process action KMSEncryption: Error calling KMS GenerateDataKey API: NotFoundException: Alias arn:aws:kms:us-east-1:000000000000:alias/missing is not found.`,
      { inputs: { ...noRunAs, kmsKeyId: "alias/missing" } },
    ],
    [
      "empty command",
      "Commands cannot be empty for session type InteractiveCommands",
      command("AWS-StartInteractiveCommand", " "),
    ],
    [
      "basic port dial",
      "Unable to connect to specified port: dial tcp 127.0.0.1:9: connect: connection refused",
      { document: "AWS-StartSSHSession", parameters: { portNumber: ["9"] } },
    ],
    [
      "basic port dial, an old agent",
      "Unable to connect to specified port: dial tcp 127.0.0.1:9: connect: connection refused",
      {
        target: oldAgentNodeId,
        document: "AWS-StartPortForwardingSession",
        parameters: { portNumber: ["9"] },
      },
    ],
    [
      "forbidden host",
      "Forwarding to IP address 169.254.169.254 is forbidden.",
      {
        document: "AWS-StartPortForwardingSessionToRemoteHost",
        parameters: port("169.254.169.254", "80"),
      },
    ],
    [
      "log group not encrypted",
      "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group. Either encrypt the log group or choose an option to enable logging without encryption.",
      { inputs: { ...noRunAs, cloudWatchLogGroupName: "/plain", cloudWatchEncryptionEnabled: true } },
    ],
    [
      "bucket that cannot be checked",
      "Couldn't start the session because we are unable to validate encryption on Amazon S3 bucket. Error: ",
      { inputs: { ...noRunAs, s3BucketName: "logs", s3EncryptionEnabled: true } },
    ],
  ])("%s", async (_cause, text, situation) => {
    const output = await shown(situation);
    // A port that was opened before the agent said no is told of first.
    const end = output.slice(output.indexOf(head));
    expect(end.slice(0, text.length + head.length)).toBe(head + text);
    // The text of s3, which is not emulated, is not held.
    if (!text.endsWith(": ")) expect(end.slice(text.length + head.length)).toBe("\r\n\r\n");
  });

  it("a normal end", async () => {
    const output = await shown(command("AWS-StartInteractiveCommand", "true"));
    expect(output).toBe("\r\n\r\nExiting session with sessionId: ID.\r\n\r\n");
  });

  // With smux, by contrast, this plugin hangs or ends as its goroutines happen to be scheduled: the one that reads for the
  // multiplexer notices the other's error only between two reads.
  it("a start error inside the plugin", async () => {
    const localPort = await freePort();
    await using taken = createServer().listen(localPort, "127.0.0.1");
    await once(taken, "listening");
    const output = await shown({
      target: oldAgentNodeId,
      document: "AWS-StartPortForwardingSession",
      parameters: { portNumber: ["22"], localPortNumber: [String(localPort)] },
    });
    expect(output).toContain(
      `Cannot perform start session: listen tcp 127.0.0.1:${localPort}: bind: address already in use\r\n`,
    );
  });

  it("no HandshakeResponse, or no challenge answer", async () => {
    await setPreferences(lab, { ...noRunAs, kmsKeyId: keyAlias });
    const document = {
      DocumentName: "AWS-StartNonInteractiveCommand",
      Parameters: { command: ["true"] },
    };
    await using silent = await RawClient.open(await start(document));
    const started = await start({});
    await using keyed = await RawClient.open(started);
    const sessionType = { actionType: "SessionType", status: 1, result: null, error: "" };
    // The size was number 0.
    keyed.send(responseFrameOf(1, { actions: [sessionType, await keyExchange(started.SessionId)] }));
    const failed = (reason: string) =>
      `\n----------ERROR-------\nEncountered error while initiating handshake. ${reason}`;
    // Each takes the agent's 15 seconds.
    expect(await Promise.all([silent.told, keyed.told])).toEqual([
      failed(
        "Handshake timed out. Please ensure that you have the latest version of the session manager plugin.",
      ),
      failed("Timed out waiting for encryption challenge."),
    ]);
  }, 30_000);

  const start = (request: Partial<StartSessionCommandInput>) =>
    lab.ssm("alice").send(new StartSessionCommand({ Target: webNodeId, ...request }));

  /** What a client answers that has fetched a data key for the session. */
  async function keyExchange(sessionId = ""): Promise<ProcessedClientAction> {
    const { url } = lab.emulator;
    const kms = new KMSClient({ endpoint: url, region: "us-east-1", credentials: lab.credentials("alice") });
    const { CiphertextBlob = new Uint8Array() } = await kms.send(
      new GenerateDataKeyCommand({
        KeyId: keyAlias,
        NumberOfBytes: 64,
        EncryptionContext: { "aws:ssm:SessionId": sessionId, "aws:ssm:TargetId": webNodeId },
      }),
    );
    const result = encodeKmsResult({ cipherText: CiphertextBlob, challengeAcknowledged: false });
    return { actionType: kmsEncryptionAction, status: 1, result, error: "" };
  }
});
