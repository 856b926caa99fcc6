import { Duplex } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { openPort } from "../../../emulator/agent/port/open-port.ts";
import type { SessionPlugin } from "../../../emulator/agent/session-plugin.ts";
import { flag } from "../../../emulator/protocol/flag.ts";
import { encodeSmuxFrame, SmuxFrameDecoder, smuxCommand } from "../../../emulator/protocol/smux-frame.ts";
import { closedPort, startEchoServer, startServer } from "../../client/local-programs.ts";
import { FakeNode, nodeGone } from "../../helpers/fake-node.ts";
import { ManualClock, settled } from "../../helpers/manual-clock.ts";
import { RecordingHost } from "../plugin-host.ts";

const current = { agentVersion: "3.3.1957.0", clientVersion: "1.2.707.0" };
const forwarding = { portNumber: "80", type: "LocalPortForwarding" };

async function open(
  properties: Readonly<Record<string, unknown>>,
  options: { readonly node?: FakeNode; readonly agentVersion?: string; readonly clientVersion?: string } = {},
) {
  const { node = new FakeNode(), ...versions } = options;
  const host = new RecordingHost();
  const realClock = new ManualClock();
  const start = await openPort(node, { properties, ...current, ...versions }, { host, realClock });
  return { node, host, start, realClock };
}

/** A node on which port 80 leads to a local one. */
function nodeWith(port: number): FakeNode {
  const node = new FakeNode();
  node.ports.set("127.0.0.1:80", port);
  return node;
}

async function started(opening: ReturnType<typeof open>) {
  const opened = await opening;
  if (opened.start.type === "refused") throw new Error(opened.start.output);
  const { plugin } = opened.start;
  return { ...opened, plugin, [Symbol.asyncDispose]: () => plugin.terminate() };
}

describe("a port session is refused, at once and without a banner,", () => {
  it.each([
    [{}, "Port number is empty in session properties. map[]"],
    [
      { type: "LocalPortForwarding", portNumber: "" },
      "Port number is empty in session properties. map[portNumber: type:LocalPortForwarding]",
    ],
    [
      { portNumber: 22 },
      "Unable to remarshal session properties. json: cannot unmarshal number into Go struct field PortParameters.portNumber of type string",
    ],
    [{ ...forwarding, host: "2852039166" }, "Forwarding to IP address 2852039166 is forbidden."],
    [{ ...forwarding, host: "metadata" }, "Forwarding to IP address metadata is forbidden."],
    [{ ...forwarding, host: "169.254.169.254" }, "Forwarding to IP address 169.254.169.254 is forbidden."],
    [
      { portNumber: "22" },
      "Unable to connect to specified port: dial tcp 127.0.0.1:22: connect: connection refused",
    ],
    [
      { portNumber: "http!" },
      "Unable to connect to specified port: dial tcp: lookup tcp/http!: unknown port",
    ],
    [{ portNumber: "22", host: "unknown" }, "Unable to connect to specified port: missing address"],
    [
      { portNumber: "22", host: "two" },
      "Unable to connect to specified port: dial tcp [fd00::1]:22: connect: connection refused",
    ],
  ])("with %j", async (properties, output) => {
    const node = new FakeNode();
    node.hosts.set("metadata", ["10.0.0.1", "fd00:ec2::254"]);
    node.hosts.set("169.254.169.254", ["169.254.169.254"]);
    node.hosts.set("2852039166", ["169.254.169.254"]);
    node.hosts.set("two", ["fd00::1", "10.0.0.1"]);
    expect((await open(properties, { node })).start).toMatchObject({
      type: "refused",
      output,
      delayed: false,
    });
  });
});

describe("a port session", () => {
  it("that multiplexes opens though nothing listens, and looks a given host up once, at the start", async () => {
    const node = new FakeNode();
    await using session = await started(open({ ...forwarding, host: "unknown" }, { node }));
    expect(session.start).toMatchObject({ type: "started", userName: "" });
    expect(node.calls).toEqual(["resolve unknown"]);
  });

  it("that multiplexes opens though the node cannot be asked for the host", async () => {
    const node = new FakeNode();
    const failure = nodeGone();
    node.resolveHost = () => Promise.reject(failure);
    await using session = await started(open({ ...forwarding, host: "db" }, { node }));
    expect(session.host.errors).toEqual([failure]);
  });

  it("is refused as soon as it is given up while it connects", async () => {
    const node = new FakeNode();
    const silent = new Duplex({ read() {} });
    node.dial = () => silent;
    const controller = new AbortController();
    const starting = openPort(
      node,
      { properties: { portNumber: "22" }, ...current },
      { host: new RecordingHost(), realClock: new ManualClock(), signal: controller.signal },
    );
    await settled();
    controller.abort();
    expect(await starting).toMatchObject({ type: "refused" });
    expect(silent.destroyed).toBe(true);
  });

  it("without a host leads to the node itself, and looks nothing up", async () => {
    await using echo = await startEchoServer();
    const node = nodeWith(echo.port);
    await using _session = await started(open({ portNumber: "80" }, { node }));
    expect(node.calls).toEqual(["dial 127.0.0.1 80"]);
  });

  it("takes the first address that answers", async () => {
    await using echo = await startEchoServer();
    const node = new FakeNode();
    node.hosts.set("db", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    node.ports.set("10.0.0.2:80", echo.port);
    await using _session = await started(open({ portNumber: "80", host: "db" }, { node }));
    expect(node.calls).toEqual(["resolve db", "dial 10.0.0.1 80", "dial 10.0.0.2 80"]);
  });
});

const synchronize = (streamId: number) =>
  encodeSmuxFrame({ command: smuxCommand.synchronize, streamId, data: new Uint8Array(0) });
const push = (streamId: number, text: string) =>
  encodeSmuxFrame({ command: smuxCommand.push, streamId, data: Buffer.from(text) });

describe("a port session that multiplexes", () => {
  it("connects once for each stream and keeps what comes before the connection stands", async () => {
    await using echo = await startEchoServer();
    const sent: Buffer[] = [];
    const { host, plugin } = await started(open(forwarding, { node: nodeWith(echo.port) }));
    host.output = (bytes) => void sent.push(Buffer.from(bytes));
    void plugin.input(Buffer.concat([synchronize(3), push(3, "three"), synchronize(5), push(5, "five")]));
    await vi.waitFor(() => {
      const frames = new SmuxFrameDecoder().decode(Buffer.concat(sent));
      const data = [...frames].map(({ streamId, data }) => `${streamId} ${Buffer.from(data).toString()}`);
      expect(data.sort()).toEqual(["3 three", "5 five"]);
    });
    await plugin.terminate();
  });

  it("tells by a flag that a connection cannot be had, closes the stream and goes on", async () => {
    const { host, plugin } = await started(open(forwarding, { node: nodeWith(await closedPort()) }));
    void plugin.input(synchronize(3));
    await vi.waitFor(() => expect(host.calls).toHaveLength(2));
    expect(host.calls[0]).toBe(`flag ${flag.connectToPortError}`);
    await plugin.terminate();
  });

  it("fails without a text when the client breaks the rules", async () => {
    const { host, plugin } = await started(open(forwarding));
    void plugin.input(Buffer.from([9, 0, 0, 0, 0, 0, 0, 0]));
    expect(host.calls).toEqual(["ended: "]);
    await plugin.terminate();
  });

  it.each([
    ["3.1.1511.0", "1.2.707.0", 1],
    ["3.1.1512.0", "1.2.707.0", 0],
    ["3.1.1512.0", "1.2.331.0", 1],
  ])("shows that it lives: agent %s, client %s", async (agentVersion, clientVersion, keepAlives) => {
    const { host, plugin, realClock } = await started(open(forwarding, { agentVersion, clientVersion }));
    await realClock.advance(10_000);
    expect(host.calls).toHaveLength(keepAlives);
    await plugin.terminate();
    expect(realClock.pending).toBe(0);
  });

  it("ends without a text when an old client falls silent", async () => {
    const { host, plugin, realClock } = await started(open(forwarding, { clientVersion: "1.2.0.0" }));
    void plugin.input(synchronize(3));
    await realClock.advance(59_999);
    expect(host.calls).not.toContain("ended: ");
    await realClock.advance(1);
    expect(host.calls).toContain("ended: ");
    await plugin.terminate();
  });

  it("leaves no connection and no timer", async () => {
    const closed: unknown[] = [];
    await using server = await startServer((socket) => {
      socket.resume().on("end", () => closed.push(socket));
    });
    const { plugin, realClock } = await started(open(forwarding, { node: nodeWith(server.port) }));
    void plugin.input(Buffer.concat([synchronize(3), synchronize(5)]));
    await vi.waitFor(() => expect(realClock.pending).toBe(0));
    await plugin.terminate();
    await vi.waitFor(() => expect(closed).toHaveLength(2));
  });
});

describe("a port session for one connection", () => {
  const basic = { agentVersion: "3.0.196.0" };

  it.each([
    ["an old agent", forwarding, basic],
    ["an old client", forwarding, { clientVersion: "1.1.69.0" }],
    ["SSH", { portNumber: "80" }, {}],
  ])("is for %s: bytes as they are, both ways", async (_for, properties, versions) => {
    await using echo = await startEchoServer();
    await using session = await started(open(properties, { node: nodeWith(echo.port), ...versions }));
    void session.plugin.input(Buffer.from("hello"));
    await vi.waitFor(() => expect(session.host.calls).toEqual(["output hello"]));
  });

  const talk = async (plugin: SessionPlugin, host: RecordingHost, text: string) => {
    void plugin.input(Buffer.from(text));
    await vi.waitFor(() => expect(host.calls.at(-1)).toBe(`output ${text}`));
  };

  it("connects again on the next input after the destination, or the local program, has gone", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    await using echo = await startServer((socket) => {
      socket.on("data", (data) => (data.toString() === "bye" ? socket.end() : socket.write(data)));
      socket.on("end", resolve);
    });
    const node = nodeWith(echo.port);
    await using session = await started(open(forwarding, { node, ...basic }));
    const { plugin, host } = session;
    await talk(plugin, host, "one");
    void plugin.input(Buffer.from("bye"));
    await closed;
    await talk(plugin, host, "two");
    plugin.flag(flag.disconnectToPort);
    await talk(plugin, host, "three");
    expect(node.calls).toHaveLength(3);
    expect(host.calls).not.toContain("ended");
  });

  it("fails without a text when it cannot connect again", async () => {
    const node = nodeWith(0);
    await using echo = await startEchoServer();
    node.ports.set("127.0.0.1:80", echo.port);
    await using session = await started(open(forwarding, { node, ...basic }));
    node.ports.clear();
    session.plugin.flag(flag.disconnectToPort);
    await session.plugin.input(Buffer.from("again"));
    expect(session.host.calls).toEqual(["ended: "]);
  });

  it("of SSH fails when its client disconnects from the port, as the agent's read does", async () => {
    await using echo = await startEchoServer();
    const node = nodeWith(echo.port);
    await using session = await started(open({ portNumber: "80" }, { node }));
    session.plugin.flag(flag.disconnectToPort);
    expect(session.host.calls).toEqual(["ended: "]);
    await session.plugin.input(Buffer.from("late"));
    expect(node.calls).toEqual(["dial 127.0.0.1 80"]);
  });

  it("of SSH fails without a text when the server resets it", async () => {
    await using server = await startServer(
      (socket) => void socket.once("data", () => socket.resetAndDestroy()),
    );
    await using session = await started(open({ portNumber: "80" }, { node: nodeWith(server.port) }));
    void session.plugin.input(Buffer.from("hello"));
    await vi.waitFor(() => expect(session.host.calls).toEqual(["ended: "]));
  });

  it("of SSH ends normally when the server closes it", async () => {
    await using server = await startServer((socket) => socket.end("SSH-2.0-x\r\n"));
    await using session = await started(open({ portNumber: "80" }, { node: nodeWith(server.port) }));
    await vi.waitFor(() => expect(session.host.calls).toEqual(["output SSH-2.0-x\r\n", "ended"]));
  });

  it("lets the server wait while the client takes no more", async () => {
    await using server = await startServer((socket) => void socket.write(Buffer.alloc(4 * 1024 * 1024, "x")));
    const { plugin, host } = await started(open({ portNumber: "80" }, { node: nodeWith(server.port) }));
    const full = Promise.withResolvers<void>();
    let taken = 0;
    host.output = (bytes) => {
      taken += bytes.length;
      return full.promise;
    };
    await vi.waitFor(() => expect(taken).toBeGreaterThan(0));
    expect(taken).toBeLessThanOrEqual(64 * 1024);
    full.resolve();
    await vi.waitFor(() => expect(taken).toBe(4 * 1024 * 1024));
    await plugin.terminate();
  });
});
