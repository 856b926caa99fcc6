import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DataChannelClient } from "../../emulator/client/data-channel-client.ts";
import { decodeOpenDataChannel } from "../../emulator/protocol/open-data-channel.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { fastClock } from "./fast-clock.ts";
import { optionsFor, serve } from "./scripted-server.ts";
import { type SessionServer, startSessionServer } from "./session-server.ts";

let server: SessionServer;
beforeEach(async () => {
  server = await startSessionServer();
});
afterEach(() => server[Symbol.asyncDispose]());

/** The fake node's terminal once its shell was started. */
async function terminal(index = 0) {
  return vi.waitUntil(() => server.node.terminals[index], { interval: 5 });
}

describe("a client of a session", () => {
  it("tells what the session is, then gives its output", async () => {
    const told: string[] = [];
    await using session = server.connect({
      onSession: ({ sessionType, agentVersion }) => told.push(`${sessionType} ${agentVersion}`),
      onOutput: (bytes) => told.push(Buffer.from(bytes).toString()),
    });
    (await terminal()).print("$ ");
    await vi.waitUntil(() => told.length === 2);
    expect(told).toEqual(["Standard_Stream 3.3.1957.0", "$ "]);
    expect(session.resumes()).toBe(0);
  });

  it("sends its size, what is typed before the shell is there, and later sizes", async () => {
    await using session = server.connect();
    const { client } = session;
    void client.write(Buffer.from("early\r"));
    const shell = await terminal();
    shell.print("$ ");
    await vi.waitUntil(() => shell.received.length === 2);
    client.resize({ columns: 132, rows: 43 });
    client.resize({ columns: 132, rows: 43 });
    await client.write(Buffer.from("late\r"));
    await vi.waitUntil(() => shell.received.length === 4);
    expect(shell.received.toSorted()).toEqual(["132x43", "80x24", "early\r", "late\r"]);
  });

  it("brings a megabyte each way, whole and in order", async () => {
    await using session = server.connect();
    const shell = await terminal();
    const text = Array.from({ length: 131_072 }, (_, index) => index.toString(16).padStart(8, "0")).join("");
    shell.print(text);
    void session.client.write(Buffer.from(text));
    const typed = () => shell.received.filter((entry) => !/^\d+x\d+$/.test(entry)).join("");
    await vi.waitUntil(() => session.output().length >= text.length && typed().length >= text.length, 20_000);
    expect(session.output() === text).toBe(true);
    expect(typed() === text).toBe(true);
  });

  it("ends with the server's words", async () => {
    await using session = server.connect();
    (await terminal()).print("bye\r\n");
    (await terminal()).end();
    expect(await session.client.ended).toEqual({ type: "closed", output: "" });
    expect(session.output()).toBe("bye\r\n");
  });

  it("takes nothing more until its consumer is done, and the shell is held back", async () => {
    const taking = Promise.withResolvers<void>();
    const chunks: Uint8Array[] = [];
    await using session = server.connect({
      onOutput: (bytes) => {
        chunks.push(bytes);
        return taking.promise;
      },
    });
    const shell = await terminal();
    const output = Buffer.alloc(3 * 1024 * 1024, "x");
    for (let start = 0; start < output.length; start += 65_536) {
      shell.print(output.subarray(start, start + 65_536));
    }
    await vi.waitUntil(() => chunks.length === 1 && shell.isPaused);
    taking.resolve();
    await vi.waitUntil(() => Buffer.concat(chunks).length === output.length);
    expect(session.resumes()).toBe(0);
  });

  it("gives all output before the end, even to a consumer that takes nothing", async () => {
    const texts: string[] = [];
    await using session = server.connect({
      onOutput: (bytes) => {
        texts.push(Buffer.from(bytes).toString());
        return new Promise(() => {});
      },
    });
    const shell = await terminal();
    shell.print("one ");
    await vi.waitUntil(() => texts.length === 1);
    shell.print("two");
    shell.end();
    const atEnd = session.client.ended.then((end) => [...texts, end.type]);
    expect(await atEnd).toEqual(["one ", "two", "closed"]);
  });

  it("fails when its consumer does", async () => {
    await using session = server.connect({
      onOutput: async () => {
        throw new Error("the disk is full");
      },
    });
    (await terminal()).print("$ ");
    expect(await session.client.ended).toEqual({ type: "failed", message: "the disk is full" });
  });

  it("leaves without a word, and what is written then is lost", async () => {
    await using session = server.connect();
    const shell = await terminal();
    session.client.close();
    expect(await session.client.ended).toEqual({ type: "left" });
    await session.client.write(Buffer.from("lost"));
    session.client.resize({ columns: 1, rows: 1 });
    expect(shell.received).not.toContain("lost");
    expect(server.sessions.resume(session.sessionId)).toBeDefined();
  });
});

describe("a client that loses its connection", () => {
  it("resumes the session by itself, and nothing is lost", async () => {
    await using session = server.connect();
    const shell = await terminal();
    shell.print("one ");
    await vi.waitUntil(() => session.output() === "one ");
    server.breakConnections();
    shell.print("two ");
    await session.client.write(Buffer.from("typed"));
    await vi.waitUntil(() => session.output() === "one two " && shell.received.includes("typed"));
    expect(session.resumes()).toBe(1);
    expect(shell.received).toEqual(["80x24", "typed"]);
  });

  it("stays away when it was told to, and comes back with all that happened meanwhile", async () => {
    await using session = server.connect();
    const shell = await terminal();
    shell.print("one ");
    await vi.waitUntil(() => session.output() === "one ");
    session.client.disconnect();
    shell.print("two ");
    session.client.resize({ columns: 100, rows: 30 });
    session.client.resize({ columns: 132, rows: 43 });
    void session.client.write(Buffer.from("typed"));
    expect(session.resumes()).toBe(0);
    await session.client.reconnect();
    await vi.waitUntil(() => session.output() === "one two " && shell.received.length === 3);
    expect(shell.received.toSorted()).toEqual(["132x43", "80x24", "typed"]);
    expect(server.upgrades).toBe(2);
  });

  it("comes back from many losses without a byte lost or doubled", async () => {
    await using session = server.connect();
    const shell = await terminal();
    let expected = "";
    for (let round = 0; round < 20; round++) {
      const text = `round ${round} ${"x".repeat(round * 400)}\n`;
      expected += text;
      shell.print(text);
      void session.client.write(Buffer.from(`<${round}>`));
      session.client.disconnect();
      await session.client.reconnect();
    }
    await vi.waitUntil(() => session.output().length >= expected.length);
    expect(session.output()).toBe(expected);
    const typed = () => shell.received.slice(1).join("");
    await vi.waitUntil(() => typed().endsWith("<19>"));
    expect(typed()).toBe(Array.from({ length: 20 }, (_, round) => `<${round}>`).join(""));
  });

  it("has timed out when the session is gone", async () => {
    await using session = server.connect({ resume: async () => undefined });
    (await terminal()).print("$ ");
    await vi.waitUntil(() => session.output() === "$ ");
    server.breakConnections();
    expect(await session.client.ended).toEqual({ type: "timed-out" });
  });

  it("keeps its id and its place when it comes back, and says who it is", async () => {
    await using broken = await serve((socket) => {
      if (broken.firstFrames.length < 2) socket.terminate();
    });
    await using client = broken.connect({ resume: async () => "second" });
    await vi.waitUntil(() => broken.firstFrames.length === 2);
    const [first, second] = broken.firstFrames.map((frame) => decodeOpenDataChannel(frame));
    expect(first).toMatchObject({ tokenValue: "first", clientVersion: "1.2.707.0" });
    expect(second).toMatchObject({ tokenValue: "second", clientId: first?.clientId });
    expect(second?.requestId).not.toBe(first?.requestId);
    client.close();
  });
});

describe("a client whose server is broken", () => {
  it("gives up a server that drops every connection, without haste", async () => {
    await using broken = await serve((socket) => socket.terminate());
    const clock = fastClock();
    const startedAt = clock.now();
    await using client = broken.connect({ clock });
    expect(await client.ended).toEqual({
      type: "failed",
      message: "The connection was lost, and again each time that the session was resumed",
    });
    expect(broken.firstFrames).toHaveLength(6);
    expect(clock.now() - startedAt).toBeGreaterThan(3_000);
    expect(clock.pending).toBe(0);
  });

  it("gives up when nobody listens", async () => {
    const gone = await serve(() => {});
    await gone[Symbol.asyncDispose]();
    const clock = fastClock();
    await using client = gone.connect({ clock });
    expect(await client.ended).toMatchObject({
      type: "failed",
      message: expect.stringContaining("ECONNREFUSED"),
    });
    expect(clock.pending).toBe(0);
  });

  it("gives up when the session cannot be resumed, with the reason", async () => {
    await using broken = await serve((socket) => socket.terminate());
    const clock = fastClock();
    const resume = vi.fn(async () => {
      throw new Error("ExpiredTokenException: too late");
    });
    await using client = broken.connect({ clock, resume });
    expect(await client.ended).toEqual({
      type: "failed",
      message: "ExpiredTokenException: too late",
    });
    expect(resume).toHaveBeenCalledTimes(5);
  });

  it("fails on a frame that is none", async () => {
    await using broken = await serve((socket) => socket.send(Buffer.from("not a frame")));
    await using client = broken.connect();
    expect(await client.ended).toMatchObject({
      type: "failed",
      message: expect.stringContaining("at least 120 bytes"),
    });
  });

  it("waits for the answer to an upgrade, but not for ever", async () => {
    await using silent = await serveSilence();
    const clock = fastClock(1_000);
    await using client = new DataChannelClient(optionsFor(silent.port, { clock }));
    expect(await client.ended).toMatchObject({
      type: "failed",
      message: expect.stringContaining("within 45 s"),
    });
    expect(clock.pending).toBe(0);
  });

  it("leaves neither a timer nor a connection when it goes away meanwhile", async () => {
    await using broken = await serve((socket) => socket.terminate());
    const clock = new ManualClock();
    await using client = broken.connect({ clock });
    await vi.waitUntil(() => broken.firstFrames.length === 1);
    client.close();
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
    expect(broken.firstFrames).toHaveLength(1);
  });
});

it("pings at once and every five minutes", async () => {
  const pings: string[] = [];
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  await using idle = await serve((socket) => {
    socket.on("ping", (body) => pings.push(body.toString()));
    resolve();
  });
  const clock = new ManualClock();
  await using client = idle.connect({ clock });
  await connected;
  await vi.waitUntil(() => pings.length === 1);
  await clock.advance(300_000);
  await vi.waitUntil(() => pings.length === 2);
  expect(pings).toEqual(["keepalive", "keepalive"]);
  client.close();
  await vi.waitUntil(() => clock.pending === 0);
});

/** A server that takes connections and says nothing. */
async function serveSilence() {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket.on("error", () => {})));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  return {
    port: (silent.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      silent.close();
      await once(silent, "close");
    },
  };
}
