import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { PortForwarding, type PortForwardingOptions } from "../../emulator/client/port-forwarding.ts";
import { flag } from "../../emulator/protocol/flag.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { portSession } from "../session/port-sessions.ts";
import { agentFor } from "./agent-pair.ts";
import { closedPort, LocalProgram, startEchoServer, startServer } from "./local-programs.ts";
import { RecordedChannel } from "./recorded-channel.ts";

const sessionId = "operator-0123456789abcdef0";
const forwarded = { portNumber: "80", localPortNumber: "0", type: "LocalPortForwarding" };
const mebibyte = 1024 * 1024;

function forward(options: Partial<PortForwardingOptions> = {}) {
  const channel = new RecordedChannel();
  const streams = { input: new PassThrough(), output: new PassThrough() };
  const printed: string[] = [];
  const forwarding = new PortForwarding({
    sessionId,
    properties: forwarded,
    agentVersion: "3.3.1957.0",
    channel,
    print: (text) => printed.push(text),
    streams,
    ...options,
  });
  return { forwarding, channel, streams, printed: () => printed.join("") };
}

/** Forwards a free port to an agent that dials `port`. */
async function forwardTo(port: number) {
  const agent = agentFor(port, {
    receive: (bytes) => session.forwarding.receive(bytes),
    onFlag: (value) => session.forwarding.onFlag(value),
  });
  const session = forward({ channel: agent.channel });
  return {
    ...session,
    localPort: await openPort(session.forwarding),
    async [Symbol.asyncDispose]() {
      agent[Symbol.dispose]();
      await session.forwarding[Symbol.asyncDispose]();
    },
  };
}

async function openPort(forwarding: PortForwarding): Promise<number> {
  const address = await forwarding.open();
  if (address?.type !== "tcp") throw new Error("It listens on no port");
  return address.port;
}

/** What the plugin printed between its first line, which is not of the port, and its last. */
function pluginPrinted(name: string, localPort: number): string {
  const { clientPrinted } = portSession(name);
  return clientPrinted
    .replace(/^\nStarting session with SessionId: .*\n/, "")
    .replace(/\n\nExiting session with sessionId: .*\n\n$/, "")
    .replace("LOCALPORT", `${localPort}`)
    .replaceAll(/operator-0123456789abcdef\d/g, sessionId);
}

describe("port forwarding with an agent that multiplexes", () => {
  it("joins local programs with the port", async () => {
    await using echo = await startEchoServer();
    await using session = await forwardTo(echo.port);
    const programs = Array.from({ length: 20 }, () => new LocalProgram({ port: session.localPort }));
    const texts = programs.map((_, index) => Buffer.alloc(50_000 * (index % 4) + 1, `${index},`));
    const echoed = programs.map((program, index) =>
      program.send(texts[index] ?? "").receive(texts[index]?.length ?? 0),
    );
    expect((await Promise.all(echoed)).map((bytes) => bytes.toString())).toEqual(
      texts.map((bytes) => bytes.toString()),
    );
  });

  it("says to the agent what the plugin said, and prints the same", async () => {
    const { clientOutput, serverOutput } = portSession("port-forwarding-mux");
    const { forwarding, channel, printed } = forward();
    await using _ = forwarding;
    const localPort = await openPort(forwarding);
    using program = new LocalProgram({ port: localPort });
    program.send("alpha");
    await vi.waitUntil(() => channel.bytes.length >= 21);
    forwarding.receive(serverOutput[0] ?? Buffer.alloc(0));
    expect((await program.receive(5)).toString()).toBe("alpha");
    program.socket.end();
    await program.rest();
    expect(channel.bytes).toEqual(Buffer.concat(clientOutput.slice(0, 2)));
    expect(forwarding.interrupt()).toBe("leave");
    expect(channel.payloads.at(-1)).toEqual(Buffer.from("00000002", "hex"));
    expect(printed()).toBe(pluginPrinted("port-forwarding-mux", localPort));
  });

  it("closes the local connection when the destination refuses it, says so and goes on", async () => {
    await using session = await forwardTo(await closedPort());
    for (const _ of [1, 2]) {
      using program = new LocalProgram({ port: session.localPort });
      expect(await program.rest()).toBe("");
    }
    session.forwarding.interrupt();
    const failed = "\nConnection to destination port failed, check SSM Agent logs.\n";
    const printedOnce = pluginPrinted("port-forwarding-mux-refused", session.localPort);
    expect(session.printed()).toBe(printedOnce.replace(failed, failed + failed));
  });

  it("understands the real agent's refusal", async () => {
    const name = "real agent: port forwarding, nothing listening on the node";
    const { forwarding, channel, printed } = forward();
    await using _ = forwarding;
    using program = new LocalProgram({ port: await openPort(forwarding) });
    await vi.waitUntil(() => channel.payloads.length > 0);
    forwarding.onFlag(flag.connectToPortError);
    for (const bytes of portSession(name).serverOutput) forwarding.receive(bytes);
    expect(await program.rest()).toBe("");
    expect(printed()).toContain("check SSM Agent logs");
  });

  it("ends a connection both ways when the local program ends its side", async () => {
    const destinationEnded = Promise.withResolvers<void>();
    await using server = await startServer((socket) => {
      socket.resume().on("end", destinationEnded.resolve);
    });
    await using session = await forwardTo(server.port);
    using program = new LocalProgram({ port: session.localPort });
    program.send("request").socket.end();
    expect(await program.rest()).toBe("");
    await destinationEnded.promise;
  });

  it("delivers all that a destination said before it closed", async () => {
    const said = Buffer.alloc(3 * mebibyte, "0123456789");
    await using server = await startServer((socket) => socket.end(said));
    await using session = await forwardTo(server.port);
    using program = new LocalProgram({ port: session.localPort });
    expect(await program.rest()).toBe(said.toString());
  });

  it("loses nothing of one connection when another takes nothing for a while", async () => {
    const said = Buffer.alloc(8 * mebibyte, "0123456789");
    await using server = await startServer((socket) => socket.end(said));
    await using session = await forwardTo(server.port);
    using slow = new LocalProgram({ port: session.localPort });
    await once(slow.socket, "readable");
    using other = new LocalProgram({ port: session.localPort });
    const rests = [other.rest(), slow.rest()];
    expect(await Promise.all(rests)).toEqual([said.toString(), said.toString()]);
  });

  it("holds the agent back when a local program takes nothing", async () => {
    const { forwarding, channel } = forward();
    await using _ = forwarding;
    using program = new LocalProgram({ port: await openPort(forwarding) });
    await vi.waitUntil(() => channel.payloads.length > 0);
    const frame = Buffer.concat([Buffer.from("0102ffff03000000", "hex"), Buffer.alloc(65_535)]);
    let given = 0;
    let pause: Promise<void> | undefined;
    for (; pause === undefined && given < 1_000; given++) pause = forwarding.receive(frame);
    expect(given).toBeLessThan(100);
    await Promise.all([program.receive(given * 65_535), pause]);
    expect(forwarding.receive(frame)).toBeUndefined();
  });

  it("holds a local program back when the channel is full", async () => {
    const { forwarding, channel } = forward();
    await using _ = forwarding;
    const room = Promise.withResolvers<void>();
    channel.room = room.promise;
    using program = new LocalProgram({ port: await openPort(forwarding) });
    const data = Buffer.alloc(32 * mebibyte);
    program.send(data);
    await vi.waitUntil(() => channel.bytes.length > 8);
    const sentEarly = channel.bytes.length;
    expect(sentEarly).toBeLessThan(mebibyte);
    expect(program.socket.writableLength).toBeGreaterThan(0);
    channel.room = Promise.resolve();
    room.resolve();
    await vi.waitUntil(() => channel.bytes.length > data.length, { timeout: 5_000 });
  });

  it("resets connections after a silence of 30 seconds when the agent's version keeps alive", async () => {
    const clock = new ManualClock();
    const { forwarding, channel } = forward({ clock, agentVersion: "3.1.1511.0" });
    await using _ = forwarding;
    const port = await openPort(forwarding);
    await clock.advance(29_999);
    expect(channel.payloads).toEqual(portSession("port-forwarding-mux-keepalive").clientOutput);
    await clock.advance(1);
    using program = new LocalProgram({ port });
    const [error] = await once(program.socket, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });
  });

  it("leaves no connection, no listener and no timer", async () => {
    const clock = new ManualClock();
    const { forwarding, channel } = forward({ clock, agentVersion: "3.1.1511.0" });
    const port = await openPort(forwarding);
    using program = new LocalProgram({ port });
    await vi.waitUntil(() => channel.payloads.length > 0);
    const closed = once(program.socket.resume(), "close");
    program.socket.end();
    await forwarding[Symbol.asyncDispose]();
    await Promise.all([closed, forwarding.finished]);
    expect(clock.pending).toBe(0);
    using late = new LocalProgram({ port });
    const [error] = await once(late.socket, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("port forwarding with an old agent", () => {
  const agentVersion = "3.0.196.0";

  it("says to the agent what the plugin said, and prints the same", async () => {
    const { payloads } = portSession("port-forwarding-basic");
    const { forwarding, channel, printed } = forward({ agentVersion });
    await using _ = forwarding;
    const localPort = await openPort(forwarding);
    for (const text of ["first", "second"]) {
      using program = new LocalProgram({ port: localPort });
      program.send(text);
      await vi.waitUntil(() => channel.bytes.includes(text));
      forwarding.receive(Buffer.from(text));
      expect((await program.receive(text.length)).toString()).toBe(text);
      const count = channel.payloads.length;
      program.socket.end();
      await vi.waitUntil(() => channel.payloads.length > count);
    }
    expect(forwarding.interrupt()).toBe("leave");
    expect(channel.payloads).toEqual(
      payloads.filter(({ from }) => from === "client").map(({ payload }) => payload),
    );
    expect(printed()).toBe(pluginPrinted("port-forwarding-basic", localPort));
  });

  it("asks for the API when the agent does not know the flag", async () => {
    const { forwarding, channel, printed } = forward({ agentVersion: "2.3.722.0" });
    await using _ = forwarding;
    const localPort = await openPort(forwarding);
    expect(forwarding.interrupt()).toBe("terminate-session");
    expect(channel.payloads).toEqual([]);
    const accepted = `Connection accepted for session ${sessionId}.\n`;
    const expected = pluginPrinted("port-forwarding-basic-old-agent", localPort);
    expect(printed()).toBe(expected.replace(accepted, ""));
  });

  it("keeps what the agent says first for the first connection", async () => {
    const { forwarding } = forward({ agentVersion });
    await using _ = forwarding;
    const port = await openPort(forwarding);
    expect(forwarding.receive(Buffer.from("220 ready"))).toBeUndefined();
    using program = new LocalProgram({ port });
    expect((await program.receive(9)).toString()).toBe("220 ready");
  });

  it("holds the agent back when much waits for a connection", async () => {
    const { forwarding } = forward({ agentVersion });
    await using _ = forwarding;
    const pause = forwarding.receive(Buffer.alloc(mebibyte));
    expect(pause).toBeInstanceOf(Promise);
    using program = new LocalProgram({ port: await openPort(forwarding) });
    await Promise.all([pause, program.receive(mebibyte)]);
  });

  it("lets a second connection wait for the end of the first", async () => {
    const { forwarding, channel } = forward({ agentVersion });
    await using _ = forwarding;
    const port = await openPort(forwarding);
    using first = new LocalProgram({ port });
    first.send("one");
    await vi.waitUntil(() => channel.bytes.includes("one"));
    using second = new LocalProgram({ port });
    second.send("two").socket.end();
    first.send("three");
    await vi.waitUntil(() => channel.bytes.includes("three"));
    first.socket.end();
    await vi.waitUntil(() => channel.payloads.length === 5);
    expect(channel.bytes.toString("latin1")).toBe("onethree\0\0\0\x01two\0\0\0\x01");
  });
});

describe("port forwarding over the standard streams", () => {
  const properties = { portNumber: "22" };

  it("carries the plugin's bytes both ways, and prints nothing", async () => {
    const { clientOutput, serverOutput } = portSession("ssh-stdio");
    const { forwarding, channel, streams, printed } = forward({ properties });
    await using _ = forwarding;
    expect(await forwarding.open()).toBeUndefined();
    for (const bytes of clientOutput) streams.input.write(bytes);
    streams.input.end();
    await forwarding.finished;
    expect(channel.bytes).toEqual(Buffer.concat(clientOutput));
    for (const bytes of serverOutput) expect(forwarding.receive(bytes)).toBeUndefined();
    expect(streams.output.read()).toEqual(Buffer.concat(serverOutput));
    expect(printed()).toBe("");
  });

  it("sends a single line feed as it is", async () => {
    const { forwarding, channel, streams } = forward({ properties });
    await using _ = forwarding;
    await forwarding.open();
    streams.input.end("\n");
    await forwarding.finished;
    expect(channel.bytes.toString()).toBe("\n");
  });

  it("holds the agent back when the output is full", async () => {
    const { forwarding, streams } = forward({ properties });
    await using _ = forwarding;
    const pause = forwarding.receive(Buffer.alloc(mebibyte));
    expect(pause).toBeInstanceOf(Promise);
    streams.output.resume();
    await pause;
  });

  it("is finished when the output breaks", async () => {
    const { forwarding, streams } = forward({ properties });
    await using _ = forwarding;
    await forwarding.open();
    streams.output.destroy(new Error("EPIPE"));
    await forwarding.finished;
    expect(forwarding.receive(Buffer.from("lost"))).toBeUndefined();
  });

  it("leaves the input alone at the end", async () => {
    const { forwarding, channel, streams } = forward({ properties });
    await forwarding.open();
    await forwarding[Symbol.asyncDispose]();
    streams.input.write("unread");
    expect(streams.input.isPaused()).toBe(true);
    expect(channel.payloads).toEqual([]);
  });
});

describe("a local address", () => {
  it("that is taken is refused in the plugin's words", async () => {
    await using taken = await startEchoServer();
    const { forwarding, printed } = forward({
      properties: { ...forwarded, localPortNumber: `${taken.port}` },
    });
    await using _ = forwarding;
    await expect(forwarding.open()).rejects.toMatchObject({
      name: "ConfigError",
      message: `listen tcp 127.0.0.1:${taken.port}: bind: address already in use`,
    });
    expect(printed()).toBe("");
  });

  it.each([
    [{ localPortNumber: "70000" }, "listen tcp: address 70000: invalid port"],
    [{ localPortNumber: "http!" }, "listen tcp: lookup tcp/http!: unknown port"],
    [
      { localConnectionType: "unix", localUnixSocket: "/nowhere/a.sock" },
      "listen unix /nowhere/a.sock: bind: no such file or directory",
    ],
    [{ localConnectionType: "unix", localUnixSocket: "" }, "listen unix : bind: invalid argument"],
  ])("such as %j is refused", async (local, message) => {
    const { forwarding } = forward({ properties: { ...forwarded, ...local } });
    await using _ = forwarding;
    await expect(forwarding.open()).rejects.toMatchObject({ name: "ConfigError", message });
  });

  it("may be a unix socket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "forwarding-"));
    const path = join(folder, "port.sock");
    const properties = { ...forwarded, localConnectionType: "unix", localUnixSocket: path };
    const { forwarding, channel, printed } = forward({ properties });
    await forwarding.open();
    using program = new LocalProgram({ path });
    program.send("hello");
    await vi.waitUntil(() => channel.bytes.includes("hello"));
    await forwarding[Symbol.asyncDispose]();
    expect(printed()).toContain(`Unix socket ${path} opened for sessionId ${sessionId}.\n`);
    rmSync(folder, { recursive: true });
  });
});
