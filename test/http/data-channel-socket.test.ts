import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { promisify } from "node:util";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import type { LiveSessions } from "../../emulator/agent/live-sessions.ts";
import { credentialsOf } from "../../emulator/http/authenticate.ts";
import { serveDataChannels } from "../../emulator/http/data-channel-socket.ts";
import { verifySignature } from "../../emulator/http/signature.ts";
import { decodeAgentMessage, maxClientFrameBytes } from "../../emulator/protocol/agent-message.ts";
import { decodeChannelClosed } from "../../emulator/protocol/channel-closed.ts";
import { encodeOpenDataChannel } from "../../emulator/protocol/open-data-channel.ts";
import { newLiveSessions, sessionTask } from "../agent/session-bench.ts";
import { FakeNode } from "../helpers/fake-node.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { accountId } from "../helpers/operation-context.ts";
import { acknowledgeFrameOf, inputFrame } from "../session/client-frames.ts";
import { rootKey, stateWithRoot } from "./fake-operations.ts";
import { presignRequest, signRequest } from "./sign-request.ts";

const { sessionId } = sessionTask();
const path = `/v1/data-channel/${sessionId}?role=publish_subscribe`;

let clock: ManualClock;
let node: FakeNode;
let sessions: LiveSessions;
let server: Server;
let channels: ReturnType<typeof serveDataChannels>;
/** Every client with the frames that it has not looked at. */
let sockets: Map<WebSocket, Buffer[]>;

beforeEach(async () => {
  clock = new ManualClock();
  node = new FakeNode();
  const state = stateWithRoot();
  sessions = newLiveSessions({ clock, on: node, state: () => state });
  server = createServer();
  channels = serveDataChannels({
    server,
    channels: sessions,
    clock,
    log: pino({ level: "silent" }),
    allowedHosts: ["lab.example"],
    verifySignature: ({ url = "", headers }) => {
      const request = { method: "GET", url, headers, body: new Uint8Array() };
      const verdict = verifySignature(request, credentialsOf({ accountId, state }), {
        service: "ssmmessages",
        now: clock.now(),
        clientNow: clock.now(),
        skewMs: 300_000,
      });
      return verdict.type === "verified" ? undefined : `The signature is refused: ${verdict.failure.type}.`;
    },
  });
  sockets = new Map();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  for (const socket of sockets.keys()) socket.terminate();
  channels.close();
  server.closeAllConnections();
  await promisify(server.close.bind(server))();
});

function port(): number {
  return (server.address() as AddressInfo).port;
}

function open(target = path, options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port()}${target}`, options);
  socket.on("error", () => {});
  const frames: Buffer[] = [];
  socket.on("message", (data: Buffer) => frames.push(data));
  sockets.set(socket, frames);
  return socket;
}

function tokenFrame(tokenValue: string): string {
  const frame = encodeOpenDataChannel({
    requestId: "00112233-4455-4677-8899-aabbccddeeff",
    tokenValue,
    clientId: undefined,
    clientVersion: undefined,
  });
  return Buffer.from(frame).toString();
}

/** A client whose token was taken, and that has read the handshake request; it gives no answer. */
async function attach(task: Parameters<typeof sessionTask>[0] = {}): Promise<WebSocket> {
  const { tokenValue } = sessions.start(sessionTask(task));
  const socket = open(`/v1/data-channel/${task.sessionId ?? sessionId}`);
  await once(socket, "open");
  socket.send(tokenFrame(tokenValue));
  await nextMessage(socket);
  socket.send(acknowledgeFrameOf(0));
  return socket;
}

async function nextMessage(socket: WebSocket) {
  return vi.waitFor(
    () => {
      const frame = sockets.get(socket)?.shift();
      if (frame === undefined) throw new Error("nothing was sent to the client");
      return decodeAgentMessage(frame);
    },
    { interval: 5 },
  );
}

/** Lets time pass until the session no longer waits for the answer, and the client is sent the text. */
async function untilOutput(socket: WebSocket, text: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await clock.advance(100);
      const frames = sockets.get(socket) ?? [];
      const output = frames.map((frame) => Buffer.from(decodeAgentMessage(frame).payload).toString());
      expect(output.join("")).toContain(text);
    },
    { interval: 5 },
  );
}

async function closeOf(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, "close")) as [number];
  return code;
}

/** Status and text with which an upgrade is refused; 101 when it is not. */
async function upgrade(
  target: string,
  options: ClientOptions = {},
): Promise<{ status: number; text: string }> {
  const socket = open(target, options);
  return new Promise((resolve, reject) => {
    socket.on("open", () => resolve({ status: 101, text: "" }));
    socket.on("unexpected-response", (_request, response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
  });
}

describe("a client with the session's token", () => {
  it("is let in", async () => {
    const socket = await attach();
    node.terminal.print("$ ");
    socket.send(inputFrame(0, "whoami\n"));
    await vi.waitFor(async () => {
      await clock.advance(100);
      expect(node.terminal.received).toEqual(["whoami\n"]);
    });
  });

  it("is lost to its session when its connection is", async () => {
    const socket = await attach();
    socket.terminate();
    await vi.waitFor(async () => {
      await clock.advance(10_000);
      expect(sessions.resume(sessionId)).toBeUndefined();
    });
  });

  it("whose session has an id with characters that need encoding is let in", async () => {
    const { tokenValue } = sessions.start(sessionTask({ sessionId: "a@b=c,d-01" }));
    const socket = open(`/v1/data-channel/${encodeURIComponent("a@b=c,d-01")}`);
    await once(socket, "open");
    socket.send(tokenFrame(tokenValue));
    expect((await nextMessage(socket)).messageType).toBe("output_stream_data");
  });
});

describe("a client whose token opens nothing", () => {
  async function refusalOf(socket: WebSocket): Promise<string> {
    const { messageType, payload } = await nextMessage(socket);
    expect(messageType).toBe("channel_closed");
    expect(socket.readyState).toBe(WebSocket.OPEN);
    return decodeChannelClosed(payload).output;
  }

  const refusal = "The token is invalid, was used before, or has expired.";

  it.each([
    ["of an unknown session", "/v1/data-channel/bob-00000000000000001", (token: string) => token],
    ["that is wrong", path, () => "wrong"],
    ["with a session id that is no text", "/v1/data-channel/%ff", (token: string) => token],
  ])("%s is told so, and is not closed on", async (_what, target, present) => {
    const { tokenValue } = sessions.start(sessionTask());
    const socket = open(target);
    await once(socket, "open");
    socket.send(tokenFrame(present(tokenValue)));
    expect(await refusalOf(socket)).toBe(refusal);
  });

  it("that was used is told so, and leaves the session with its client", async () => {
    const { tokenValue } = sessions.start(sessionTask());
    const [first, second] = [open(), open()];
    await Promise.all([once(first, "open"), once(second, "open")]);
    first.send(tokenFrame(tokenValue));
    await nextMessage(first);
    first.send(acknowledgeFrameOf(0));
    second.send(tokenFrame(tokenValue));
    expect(await refusalOf(second)).toBe(refusal);
    node.terminal.print("still here");
    await untilOutput(first, "still here");
  });

  it("that has expired is told so", async () => {
    const { tokenValue } = sessions.start(sessionTask());
    await clock.advance(5 * 60_000);
    const socket = open();
    await once(socket, "open");
    socket.send(tokenFrame(tokenValue));
    expect(await refusalOf(socket)).toBe(refusal);
  });

  it("is dropped when it stays nevertheless, and heard no more", async () => {
    const { tokenValue } = sessions.start(sessionTask());
    const socket = open();
    await once(socket, "open");
    socket.send(tokenFrame("wrong"));
    await refusalOf(socket);
    socket.send(tokenFrame(tokenValue));
    const closed = closeOf(socket);
    await clock.advance(2_000);
    expect(await closed).toBe(1006);
    expect(sessions.resume(sessionId)).toBeDefined();
  });

  it("leaves no timer when it goes", async () => {
    const before = clock.pending;
    const socket = open();
    await once(socket, "open");
    socket.send(tokenFrame("wrong"));
    await refusalOf(socket);
    socket.close();
    await closeOf(socket);
    await vi.waitFor(() => expect(clock.pending).toBe(before));
  });
});

describe("a client that says nothing", () => {
  it("is dropped after 30 seconds", async () => {
    const socket = open();
    await once(socket, "open");
    await clock.advance(29_999);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    const closed = closeOf(socket);
    await clock.advance(1);
    expect(await closed).toBe(1006);
    expect(clock.pending).toBe(0);
  });

  it("but its token is not", async () => {
    const socket = await attach();
    await clock.advance(31_000);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe("a frame that breaks the rules", () => {
  const truncated = Buffer.from(inputFrame(0, "x")).subarray(0, 119);

  it.each([
    ["garbage", Buffer.from("hello"), 1007],
    ["nothing", Buffer.alloc(0), 1007],
    ["a truncated header", truncated, 1007],
    ["less payload than declared", Buffer.from(inputFrame(0, "hello")).subarray(0, 122), 1007],
    ["more than a mebibyte", Buffer.alloc(maxClientFrameBytes + 1), 1009],
    ["16 mebibytes", Buffer.alloc(16 * 1024 * 1024), 1009],
  ])("(%s) closes its own connection and disturbs no other", async (_what, frame, code) => {
    const other = await attach({ sessionId: "bob-00000000000000001" });
    const socket = await attach();
    socket.send(frame);
    expect(await closeOf(socket)).toBe(code);
    node.terminal.print("hello, bob");
    await untilOutput(other, "hello, bob");
    expect(sessions.resume(sessionId)).toBeDefined();
  });

  it("takes what comes behind it along", async () => {
    const socket = await attach();
    node.terminal.print("$ ");
    socket.send("garbage");
    socket.send(inputFrame(0, "rm -rf /\n"));
    await closeOf(socket);
    await clock.advance(5_000);
    expect(node.terminal.received).toEqual([]);
  });

  it.each([
    ["no JSON", "hello", 1007],
    ["no token", "{}", 1007],
    ["a token that is no text", '{"TokenValue":1}', 1007],
    ["a binary frame", Buffer.from(inputFrame(0, "x")), 1007],
    ["too much", `{"TokenValue":"${"x".repeat(64 * 1024)}"}`, 1009],
  ])("in the token's place (%s) closes the connection", async (_what, frame, code) => {
    const socket = open();
    await once(socket, "open");
    socket.send(frame);
    expect(await closeOf(socket)).toBe(code);
    await vi.waitFor(() => expect(clock.pending).toBe(0));
  });
});

describe("an upgrade", () => {
  it.each([
    ["/", 404],
    ["/v1/data-channel/", 404],
    [`/v1/data-channel/${"x".repeat(97)}`, 404],
    [`/v1/data-channel/${sessionId}/more`, 404],
    ["/v1/control-channel/i-1", 404],
    [path, 101],
    [`/v1/data-channel/${sessionId}`, 101],
  ])("of %s is answered %i", async (target, status) => {
    const answer = await upgrade(target);
    expect(answer.status).toBe(status);
    if (status === 404) expect(answer.text).toBe("Only /v1/data-channel/<session-id> takes websockets.");
  });

  it.each([
    [{ host: "evil.example" }, 403],
    [{ host: "evil.example", origin: "http://evil.example" }, 403],
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "http://203.0.113.9" }, 403],
    [{ origin: "http://bucket.s3.amazonaws.com" }, 403],
    [{ origin: "null" }, 403],
    [{ host: "lab.example" }, 101],
    [{ host: "ssmmessages.us-east-1.amazonaws.com" }, 101],
    [{ origin: "http://localhost:5173" }, 101],
    [{ origin: "https://lab.example" }, 101],
  ])("with %j is answered %i", async (headers, status) => {
    expect((await upgrade(path, { headers })).status).toBe(status);
  });

  it("that is refused does not hold its connection", async () => {
    const socket = connect({ port: port(), host: "127.0.0.1", allowHalfOpen: true });
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    await once(socket.resume(), "end");
    await vi.waitFor(async () => {
      expect(await promisify(server.getConnections.bind(server))()).toBe(0);
    });
    socket.destroy();
  });

  it.each([path, "/"])("of %s that is reset in the middle harms nobody", async (target) => {
    const other = await attach();
    for (let attempt = 0; attempt < 5; attempt++) {
      const socket = connect(port(), "127.0.0.1");
      await once(socket, "connect");
      socket.write(
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      );
      socket.resetAndDestroy();
      await once(socket, "close");
    }
    expect((await upgrade(path)).status).toBe(101);
    expect(other.readyState).toBe(WebSocket.OPEN);
  });
});

describe("a signed upgrade", () => {
  const request = {
    method: "GET",
    path: `/v1/data-channel/${sessionId}`,
    query: { role: "publish_subscribe" },
  };
  const signing = () => ({ ...rootKey, service: "ssmmessages", region: "us-east-1", now: clock.now() });
  // The signer signs this host.
  const host = "127.0.0.1:4583";

  function headersOf(headers: object) {
    return { headers: { ...(headers as Record<string, string>), host } };
  }

  it("passes when its signature is right, in headers or in the query", async () => {
    const signed = await signRequest(request, signing());
    expect((await upgrade(signed.url, headersOf(signed.headers))).status).toBe(101);
    const presigned = await presignRequest(request, signing(), 60);
    expect((await upgrade(presigned.url, headersOf(presigned.headers))).status).toBe(101);
  });

  it("is refused when it was tampered with", async () => {
    const signed = await signRequest(request, signing());
    const other = signed.url.replace(sessionId, "bob-00000000000000001");
    expect(await upgrade(other, headersOf(signed.headers))).toEqual({
      status: 403,
      text: expect.stringMatching(/^The signature is refused: /),
    });
    const presigned = await presignRequest(request, signing(), 60);
    expect((await upgrade(`${presigned.url}&x=1`, headersOf(presigned.headers))).status).toBe(403);
  });

  it("is refused when it is for another service", async () => {
    const signed = await signRequest(request, { ...signing(), service: "ssm" });
    expect((await upgrade(signed.url, headersOf(signed.headers))).status).toBe(403);
  });

  it("is refused when it is late", async () => {
    const signed = await signRequest(request, signing());
    await clock.advance(301_000);
    expect((await upgrade(signed.url, headersOf(signed.headers))).status).toBe(403);
  });
});

describe("closing", () => {
  it("drops all clients and takes no more", async () => {
    const socket = await attach();
    const closed = closeOf(socket);
    channels.close();
    expect(await closed).toBe(1006);
    expect(server.listenerCount("upgrade")).toBe(0);
  });
});
