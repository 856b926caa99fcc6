import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect as connectTls, type TLSSocket } from "node:tls";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { systemClock } from "../../emulator/clock.ts";
import {
  type AwsHostLane,
  type AwsHostLaneOptions,
  createAwsHostLane,
} from "../../emulator/http/aws-host-lane.ts";
import { type LocalCa, openLocalCa } from "../../emulator/http/local-ca.ts";

const ssmHost = "ssm.us-east-1.amazonaws.com";
const bodyLimitBytes = 8 * 1_024 * 1_024;

let directory: string;
let ca: LocalCa;
let app: FastifyInstance;
let lane: AwsHostLane;
let port: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "aws-host-lane-"));
  ca = await openLocalCa(directory, systemClock);
});
afterAll(() => rm(directory, { recursive: true }));
beforeEach(() => start({}));
afterEach(() => stop());

async function start(options: Partial<AwsHostLaneOptions>) {
  app = fastify({ bodyLimit: bodyLimitBytes });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.all("/*", async (request) => ({
    host: request.headers.host,
    url: request.raw.url,
    secure: "encrypted" in request.raw.socket,
    bytes: Buffer.isBuffer(request.body) ? request.body.length : 0,
  }));
  const sockets = new WebSocketServer({ noServer: true });
  app.server.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (channel) => {
      channel.send(`${request.headers.host}${request.url}`);
      channel.on("message", (data) => channel.send(data));
    });
  });
  lane = createAwsHostLane({
    server: app.server,
    ca,
    clock: systemClock,
    tunnelOtherHosts: false,
    ...options,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  port = (app.server.address() as AddressInfo).port;
}

async function restart(options: Partial<AwsHostLaneOptions>) {
  await stop();
  await start(options);
}

async function stop() {
  await lane.close();
  await app.close();
}

describe("a tunnel to an AWS host", () => {
  it("leads to the plain server's handler, secure and under the AWS name", async () => {
    const socket = await openTls(ssmHost);
    expect(await json(socket, "/a?b")).toEqual({ host: ssmHost, url: "/a?b", secure: true, bytes: 0 });
    socket.destroy();
  });

  it("carries one request after the other", async () => {
    const socket = await openTls(ssmHost);
    await json(socket, "/1");
    expect(await json(socket, "/2")).toMatchObject({ url: "/2" });
    socket.destroy();
  });

  it("carries a large body", async () => {
    const socket = await openTls(ssmHost);
    const body = Buffer.alloc(bodyLimitBytes);
    expect(await json(socket, "/", body)).toMatchObject({ bytes: bodyLimitBytes });
    socket.destroy();
  });

  it("carries a websocket", async () => {
    const host = "ssmmessages.us-east-1.amazonaws.com";
    const socket = await openTls(host);
    const channel = new WebSocket(`wss://${host}/v1/data-channel/s`, { createConnection: () => socket });
    const [greeting] = await once(channel, "message");
    expect(String(greeting)).toBe(`${host}/v1/data-channel/s`);
    const payload = Buffer.alloc(1_000_000, "x");
    channel.send(payload);
    const [echo] = await once(channel, "message");
    expect(payload.equals(echo)).toBe(true);
    channel.terminate();
  });

  it("shows a certificate of the local CA for the host asked for", async () => {
    const socket = await openTls("sts.amazonaws.com");
    expect(socket.getPeerCertificate().subjectaltname).toBe("DNS:sts.amazonaws.com");
    socket.destroy();
  });

  it("is cut when the handshake takes too long", async () => {
    await restart({ limits: { handshakeTimeoutMs: 20 } });
    const { socket } = await openTunnel(`${ssmHost}:443`);
    await once(socket.resume(), "close");
  });

  it("is cut on close, and the server then closes too", async () => {
    const idle = await openTls(ssmHost);
    const { socket: silent } = await openTunnel(`${ssmHost}:443`);
    const closed = Promise.all([once(idle.resume(), "close"), once(silent.resume(), "close")]);
    await stop();
    await closed;
  });

  it("survives a client that is no TLS client, and one that breaks off", async () => {
    const { socket: plain } = await openTunnel(`${ssmHost}:443`);
    const closed = once(plain.resume(), "close");
    plain.write("GET / HTTP/1.1\r\n\r\n");
    const { socket: brief } = await openTunnel(`${ssmHost}:443`);
    brief.resetAndDestroy();
    await closed;
    const socket = await openTls(ssmHost);
    expect(await json(socket, "/")).toMatchObject({ secure: true });
    socket.destroy();
  });
});

describe("a tunnel to our own address", () => {
  it("leads to the plain server, also when the request came with the CONNECT", async () => {
    const socket = connectTcp(port, "127.0.0.1");
    socket.write(`CONNECT emulator:${port} HTTP/1.1\r\nhost: x\r\n\r\n`);
    socket.write("GET /self HTTP/1.1\r\nhost: emulator\r\nconnection: close\r\n\r\n");
    expect(await text(socket)).toMatch(
      /^HTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 200 OK.*"\/self"/s,
    );
  });
});

describe("a tunnel to another host", () => {
  it("is refused with 403 and the reason", async () => {
    const { response, body } = await openTunnel("example.com:443");
    expect(response.statusCode).toBe(403);
    expect(response.statusMessage).toContain("Not an AWS host");
    expect(body).toMatch(/example\.com:443 is none of them.*NO_PROXY/);
  });

  it("is refused with 400 when its target is malformed", async () => {
    expect((await openTunnel("example.com")).response.statusCode).toBe(400);
  });

  it("is opened when that is wanted", async () => {
    await restart({ tunnelOtherHosts: true });
    const echo = createTcpServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
    await once(echo, "listening");
    const { socket } = await openTunnel(`127.0.0.1:${(echo.address() as AddressInfo).port}`);
    socket.end("hello");
    expect(await text(socket)).toBe("hello");
    echo.close();
  });

  it("is refused with 502 when the host cannot be reached", async () => {
    await restart({ tunnelOtherHosts: true });
    const gone = createTcpServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port: freePort } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, "close");
    const { response, body } = await openTunnel(`127.0.0.1:${freePort}`);
    expect(response.statusCode).toBe(502);
    expect(body).toContain("ECONNREFUSED");
  });

  it("is cut when nothing passes for too long", async () => {
    await restart({ tunnelOtherHosts: true, limits: { idleTimeoutMs: 20 } });
    const mute = createTcpServer().listen(0, "127.0.0.1");
    await once(mute, "listening");
    const { socket } = await openTunnel(`127.0.0.1:${(mute.address() as AddressInfo).port}`);
    await once(socket.resume(), "close");
    mute.close();
  });
});

it("refuses more tunnels than its limit with 503, until one is closed", async () => {
  await restart({ limits: { maxConnections: 1 } });
  const first = await openTls(ssmHost);
  expect((await openTunnel(`${ssmHost}:443`)).response.statusCode).toBe(503);
  first.destroy();
  await expect.poll(async () => (await openTunnel(`${ssmHost}:443`)).response.statusCode).toBe(200);
});

describe("a request in absolute form", () => {
  it.each([
    [
      "an AWS host",
      () => "http://iam.amazonaws.com/?Action=x",
      200,
      { host: "iam.amazonaws.com", secure: false },
    ],
    ["our own port", () => `http://emulator:${port}/x`, 200, { url: "/x" }],
  ])("to %s is answered", async (_name, target, status, expected) => {
    const response = await get(target());
    expect(response.statusCode).toBe(status);
    expect(JSON.parse(await text(response))).toMatchObject(expected);
  });

  it("to another host is refused with 403 and the reason", async () => {
    const response = await get("http://example.com/");
    expect(response.statusCode).toBe(403);
    expect(await text(response)).toContain("example.com is none of them");
  });

  it("for a websocket reaches the upgrade handler under its path", async () => {
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      path: "http://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/s",
      headers: {
        connection: "upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": Buffer.alloc(16).toString("base64"),
      },
    }).end();
    const [, socket, head]: [IncomingMessage, Socket, Buffer] = (await once(request, "upgrade")) as never;
    const frame = head.length > 0 ? head : (await once(socket, "data"))[0];
    expect(String(frame)).toContain("ssmmessages.us-east-1.amazonaws.com/v1/data-channel/s");
    socket.destroy();
  });
});

describe("the TLS port", () => {
  it.each([ssmHost, "localhost"])("answers as %s", async (host) => {
    const { port: tlsPort } = await lane.listenTls("127.0.0.1", 0);
    const socket = connectTls({ host: "127.0.0.1", port: tlsPort, servername: host, ca: ca.certificatePem });
    await once(socket, "secureConnect");
    expect(await json(socket, "/")).toMatchObject({ secure: true });
    socket.destroy();
  });

  it("answers under its address, without a name", async () => {
    const { port: tlsPort } = await lane.listenTls("127.0.0.1", 0);
    const request = httpsRequest({
      host: "127.0.0.1",
      port: tlsPort,
      ca: ca.certificatePem,
      agent: false,
    }).end();
    const [response] = await once(request, "response");
    expect(response.statusCode).toBe(200);
  });

  it("is refused when it is taken", async () => {
    await expect(lane.listenTls("127.0.0.1", port)).rejects.toThrow("EADDRINUSE");
  });
});

async function openTunnel(target: string) {
  const request = httpRequest({ host: "127.0.0.1", port, method: "CONNECT", path: target }).end();
  const [response, socket, head]: [IncomingMessage, Socket, Buffer] = (await once(
    request,
    "connect",
  )) as never;
  const body = response.statusCode === 200 ? "" : String(head) + (await text(socket));
  return { response, socket, body };
}

async function openTls(host: string): Promise<TLSSocket> {
  const { socket } = await openTunnel(`${host}:443`);
  const secure = connectTls({ socket, servername: host, ca: ca.certificatePem });
  await once(secure, "secureConnect");
  return secure;
}

async function json(socket: TLSSocket, path: string, body?: Buffer): Promise<unknown> {
  const request = httpsRequest({
    createConnection: () => socket,
    path,
    method: "POST",
    headers: {
      host: socket.servername || ssmHost,
      connection: "keep-alive",
      "content-type": "application/octet-stream",
    },
  });
  request.end(body ?? Buffer.alloc(0));
  const [response] = await once(request, "response");
  return JSON.parse(await text(response));
}

async function get(target: string): Promise<IncomingMessage> {
  const request = httpRequest({ host: "127.0.0.1", port, path: target, agent: false }).end();
  const [response] = await once(request, "response");
  return response;
}
