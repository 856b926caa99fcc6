import { connect as connectTcp } from "node:net";
import {
  CreateDocumentCommand,
  DescribeInstanceInformationCommand,
  ResumeSessionCommand,
  StartSessionCommand,
} from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeOnEngine, describeWithNodes } from "../helpers/engine.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import { waitForEnd } from "../helpers/sessions.ts";
import type { SsmSessionClient, StartedSession } from "../helpers/ssm-session-client.ts";
import { signRequest } from "../http/sign-request.ts";
import { clientFrame, inputFrame } from "../session/client-frames.ts";
import { nodeContainer } from "./node.ts";
import { RawClient } from "./raw-client.ts";
import { openShell } from "./shells.ts";
import { pluginCall, pluginOnTerminal } from "./stock-client.ts";

const tokenRefusal = "The token is invalid, was used before, or has expired.";
const otherNodeId = "i-0b1b2c3d4e5f60718";

async function start(lab: TestEmulator, Target = webNodeId): Promise<StartedSession> {
  return await lab.ssm("alice").send(new StartSessionCommand({ Target }));
}

describeWithNodes("bad input leaves another session alone:", () => {
  let lab: TestEmulator;
  let bystander: SsmSessionClient;
  beforeAll(async () => {
    lab = await startTestEmulator();
    bystander = await openShell(lab.ssm("alice"));
  });
  afterEach(async () => {
    expect(await bystander.run("echo still here")).toBe("still here");
  });
  afterAll(async () => {
    await bystander?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  });

  describe("at StartSession", () => {
    it.each([
      [{ Target: "i-0ffffffffffffffff" }, "TargetNotConnected", "i-0ffffffffffffffff is not connected."],
      [{ Target: "nonsense" }, "TargetNotConnected", "nonsense is not connected."],
      [
        { Target: webNodeId, DocumentName: "nope" },
        "InvalidDocument",
        "Document with name nope does not exist.",
      ],
      [
        { Target: webNodeId, DocumentName: "a-command" },
        "InvalidDocument",
        "Document type: 'Command' is not supported. Only type: 'Session' is supported for Session Manager.",
      ],
      [
        { Target: "" },
        "ValidationException",
        expect.stringContaining("Value '' at 'target' failed to satisfy constraint"),
      ],
    ])("%o", async (request, name, message) => {
      const Content = JSON.stringify({
        schemaVersion: "2.2",
        description: "",
        mainSteps: [{ action: "aws:runShellScript", name: "run", inputs: { runCommand: ["true"] } }],
      });
      await lab
        .ssm("root")
        .send(new CreateDocumentCommand({ Name: "a-command", DocumentType: "Command", Content }))
        .catch((error: Error) => expect(error.name).toBe("DocumentAlreadyExists"));
      const started = lab.ssm("alice").send(new StartSessionCommand(request));
      await expect(started).rejects.toMatchObject({ name, message });
    });
  });

  describe("at the endpoint", () => {
    interface Call {
      readonly service: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly secret?: string;
      readonly key?: string;
    }
    const json = (body: string, more: Partial<Call> = {}): Call => ({
      service: "ssm",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonSSM.StartSession",
      },
      body,
      ...more,
    });
    const form = (body: string, more: Partial<Call> = {}): Call => ({
      service: "iam",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body,
      ...more,
    });

    async function send(
      call: Call,
      signed = true,
    ): Promise<{ readonly status: number; readonly text: string }> {
      const { host } = new URL(lab.emulator.url);
      const request = { method: "POST", path: "/", headers: { ...call.headers, host }, body: call.body };
      const { headers } = signed
        ? await signRequest(request, {
            accessKeyId: call.key ?? "test",
            secretAccessKey: call.secret ?? "test",
            service: call.service,
            region: "us-east-1",
            now: Date.now(),
          })
        : request;
      const answer = await fetch(lab.emulator.url, {
        method: "POST",
        headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
        body: call.body,
      });
      return { status: answer.status, text: await answer.text() };
    }

    const target = `{"Target":"${webNodeId}"}`;
    const listUsers = "Action=ListUsers&Version=2010-05-08";
    it.each<[string, Call, boolean, number, string]>([
      ["JSON cut short", json('{"Target":'), true, 400, '"__type":"SerializationException"'],
      ["JSON of another shape", json("[1,2]"), true, 400, '"__type":"SerializationException"'],
      ["a member of another type", json('{"Target":{}}'), true, 400, '"__type":"SerializationException"'],
      [
        "an unknown operation",
        json("{}", { headers: { ...json("").headers, "x-amz-target": "AmazonSSM.Nonsense" } }),
        true,
        400,
        '"__type":"UnknownOperationException"',
      ],
      ["an unsigned call", json(target), false, 400, '"__type":"MissingAuthenticationTokenException"'],
      [
        "a wrong secret",
        json(target, { secret: "wrong" }),
        true,
        400,
        '"__type":"InvalidSignatureException"',
      ],
      [
        "an unknown key",
        json(target, { key: "AKIANOBODY" }),
        true,
        400,
        '"__type":"UnrecognizedClientException"',
      ],
      [
        "a body over the limit",
        json(`{"Target":"${"x".repeat(3 * 1024 * 1024)}"}`),
        true,
        413,
        "RequestEntityTooLarge",
      ],
      ["an unsigned form", form(listUsers), false, 403, "<Code>MissingAuthenticationToken</Code>"],
      [
        "a form with a wrong secret",
        form(listUsers, { secret: "wrong" }),
        true,
        403,
        "<Code>SignatureDoesNotMatch</Code>",
      ],
      ["a form without an action", form("a=%zz&&&=&b"), true, 400, "<Code>"],
      [
        "an unknown action",
        form("Action=Nonsense&Version=2010-05-08"),
        true,
        400,
        "<Code>InvalidAction</Code>",
      ],
      [
        "a missing parameter",
        form("Action=TagUser&Version=2010-05-08&UserName=alice"),
        true,
        400,
        "<Code>ValidationError</Code>",
      ],
    ])("%s", async (_what, call, signed, status, text) => {
      const answer = await send(call, signed);
      expect(answer.text).toContain(text);
      expect(answer.status).toBe(status);
    });

    it("no HTTP at all", async () => {
      const socket = connectTcp(Number(new URL(lab.emulator.url).port), "127.0.0.1");
      const answer = new Promise<string>((resolve) => {
        let text = "";
        socket.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        socket.on("close", () => resolve(text));
      });
      socket.write(Buffer.from([0x16, 0x03, 0x01, 0xff, 0x00, 0x0a, 0x0d, 0x0a]));
      expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
    });

    it("an upgrade that is broken off", async () => {
      const socket = connectTcp(Number(new URL(lab.emulator.url).port), "127.0.0.1");
      socket.write(
        "GET /v1/data-channel/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: web",
      );
      await new Promise((resolve) => socket.on("connect", resolve));
      socket.resetAndDestroy();
    });
  });

  describe("at the data channel", () => {
    it.each<[string, (session: StartedSession, other: StartedSession) => StartedSession]>([
      ["a wrong token", (session) => ({ ...session, TokenValue: "wrong" })],
      ["the token of another session", (session, { TokenValue }) => ({ ...session, TokenValue })],
      [
        "an unknown session",
        (session) => ({
          ...session,
          StreamUrl: session.StreamUrl?.replace(/-0[0-9a-f]+/, "-00000000000000000"),
        }),
      ],
      [
        "a name that is no session's",
        (session) => ({
          ...session,
          StreamUrl: session.StreamUrl?.replace(/channel\/[^?]+/, "channel/%E0%A4%A"),
        }),
      ],
    ])("%s is refused with a closing message", async (_what, alter) => {
      const session = await start(lab);
      const other = await start(lab);
      await using client = await RawClient.open(alter(session, other));
      expect(await client.told).toBe(tokenRefusal);
      await using right = await RawClient.open(session);
      await right.expectText("sh-5.2$ ");
    });

    it("a token that was used before is refused; its user is not disturbed", async () => {
      const session = await start(lab);
      await using first = await RawClient.open(session);
      await first.expectText("sh-5.2$ ");
      await using second = await RawClient.open(session);
      expect(await second.told).toBe(tokenRefusal);
      first.type("echo on$((1))ly\r");
      await first.expectText("on1ly");
    });

    it.each<[string, string | Uint8Array, number]>([
      ["text that is no JSON", "token, please", 1007],
      ["JSON without a token", "{}", 1007],
      ["bytes", Uint8Array.of(0, 1, 2, 3, 255), 1007],
      ["2 MiB", new Uint8Array(2 * 1024 * 1024), 1009],
    ])("%s instead of a token closes the connection", async (_what, frame, code) => {
      await using client = await RawClient.dial((await start(lab)).StreamUrl);
      client.send(frame);
      expect(await client.closed).toBe(code);
    });

    const whole = inputFrame(1, "echo never\r");
    it.each<[string, string | Uint8Array, number]>([
      ["garbage", Buffer.from("0123456789abcdef".repeat(20)), 1007],
      ["nothing", new Uint8Array(0), 1007],
      ["half a header", whole.subarray(0, 60), 1007],
      ["half a payload", whole.subarray(0, whole.length - 4), 1007],
      ["a size that is none", clientFrame(1, payloadType.size, Buffer.from('{"cols":"x"}')), 1007],
      ["an acknowledge of nothing", clientFrame(0, 0, Buffer.from("{"), "acknowledge"), 1007],
      ["2 MiB", clientFrame(1, payloadType.output, new Uint8Array(2 * 1024 * 1024)), 1009],
    ])("a frame of %s closes the connection, and the session can be resumed", async (_what, frame, code) => {
      const session = await start(lab);
      await using client = await RawClient.open(session);
      await client.expectText("sh-5.2$ ");
      client.send(frame);
      expect(await client.closed).toBe(code);

      const SessionId = session.SessionId ?? "";
      const resumed = await lab.ssm("alice").send(new ResumeSessionCommand({ SessionId }));
      await using next = await RawClient.resume(client, { ...session, ...resumed });
      next.type("echo on$((1))ly\r");
      await next.expectText("on1ly");
    });

    it("a client that vanishes leaves its session to the next one", async () => {
      const session = await start(lab);
      const client = await RawClient.open(session);
      await client.expectText("sh-5.2$ ");
      client.vanish();
      const SessionId = session.SessionId ?? "";
      await vi.waitUntil(() => lab.emulator.state().sessions.get(SessionId)?.status === "Disconnected");
      const resumed = await lab.ssm("alice").send(new ResumeSessionCommand({ SessionId }));
      expect(resumed.TokenValue).not.toBe(session.TokenValue);
      await using next = await RawClient.resume(client, { ...session, ...resumed });
      next.type("echo on$((1))ly\r");
      await next.expectText("on1ly");
    });
  });
});

describeWithNodes("a token", () => {
  it("opens nothing after five minutes", async () => {
    const session = { startErrorDelayMs: 0, resumeGraceMs: 3_600_000 };
    await using lab = await startTestEmulator({ session });
    const started = await start(lab);
    await lab.emulator.advance(5 * 60_000);
    await using client = await RawClient.open(started);
    expect(await client.told).toBe(tokenRefusal);
  });
});

describeWithStockClient("the stock plugin with a used token", () => {
  it("prints the refusal and ends", async () => {
    await using lab = await startTestEmulator();
    const call = await pluginCall(lab, "alice");
    await using first = pluginOnTerminal(call);
    await first.expectText("sh-5.2$ ");
    await using second = pluginOnTerminal(call);
    expect(await second.exited).toBe(0);
    expect(second.output).toBe(
      `\r\nStarting session with SessionId: ${call.sessionId}\r\n\r\n\r\nSessionId: ${call.sessionId} : ${tokenRefusal}\r\n\r\n`,
    );
    first.type("whoami\r");
    await first.expectText("\u001b[?2004l\rmy-os-user\r\r\n");
  });
});

describeOnEngine("docker", "a container that dies in mid-session", () => {
  it("ends its sessions, refuses new ones until it is back, and touches no other node", async () => {
    const users = [{ name: "my-os-user", uid: 1001, home: true }];
    const nodes = [
      { id: webNodeId, name: "web-1", users, tags: {} },
      { id: otherNodeId, name: "db-1", users, tags: {} },
    ];
    await using lab = await startTestEmulator({ seed: { nodes } });
    const container = nodeContainer(lab);
    await using session = await openShell(lab.ssm("alice"));
    await using bystander = await openShell(lab.ssm("alice"), { Target: otherNodeId });

    await container.kill();
    expect(await session.closed).toBe("");
    await waitForEnd(lab, session.sessionId);
    expect(lab.emulator.state().sessions.get(session.sessionId)?.status).toBe("Terminated");
    expect(await pingStatus(lab)).toBe("ConnectionLost");
    await expect(start(lab)).rejects.toMatchObject({
      name: "TargetNotConnected",
      message: `${webNodeId} is not connected.`,
    });
    expect(await bystander.run("hostname")).toBe("db-1");

    await container.start();
    await vi.waitFor(async () => expect(await pingStatus(lab)).toBe("Online"), { timeout: 10_000 });
    await using again = await openShell(lab.ssm("alice"));
    expect(await again.run("id -un; hostname")).toBe("my-os-user\nweb-1");
    expect(await bystander.run("echo still here")).toBe("still here");
  });

  async function pingStatus(lab: TestEmulator): Promise<string | undefined> {
    const { InstanceInformationList } = await lab
      .ssm("root")
      .send(
        new DescribeInstanceInformationCommand({ Filters: [{ Key: "InstanceIds", Values: [webNodeId] }] }),
      );
    return InstanceInformationList?.[0]?.PingStatus;
  }
});
