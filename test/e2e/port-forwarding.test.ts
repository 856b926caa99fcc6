import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { LocalProgram } from "../client/local-programs.ts";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { testNodes } from "../helpers/engine.ts";
import { describeWithStockClient, findProgram } from "../helpers/programs.ts";
import type { TerminalDriver } from "../helpers/terminal.ts";
import { openDatabase, type TestDatabase } from "./database.ts";
import { bytesPerAnswer, startPortServer } from "./port-server.ts";
import { runAs, setPreferences } from "./shells.ts";
import { runProgram } from "./ssh-client.ts";
import { awsStartSession } from "./stock-client.ts";

/** Port sessions through the stock plugin: data-channel reference, section 10. */

const oldAgentNodeId = "i-0a1b2c3d4e5f60719";
const gibibyte = 1024 ** 3;

/** A port session that is open. */
class Tunnel implements AsyncDisposable {
  readonly terminal: TerminalDriver;
  readonly port: number;

  private constructor(terminal: TerminalDriver, port: number) {
    this.terminal = terminal;
    this.port = port;
  }

  static async open(
    lab: TestEmulator,
    document: string,
    parameters: Readonly<Record<string, string>>,
    ...moreArgs: readonly string[]
  ): Promise<Tunnel> {
    const lists = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]));
    const args = ["--document-name", document, "--parameters", JSON.stringify(lists), ...moreArgs];
    const terminal = awsStartSession(lab.environment("alice"), ...args);
    const opened = await terminal.expectText(/(Port \d+|Unix socket \S+) opened for sessionId \S+\./);
    return new Tunnel(terminal, Number(/Port (\d+)/.exec(opened)?.[1] ?? 0));
  }

  program(): LocalProgram {
    return new LocalProgram({ port: this.port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.terminal.type("\u0003");
    await this.terminal.exited;
  }
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Reads all of a socket: the digest of its bytes without the last 64, and these. */
async function readDigest(socket: Socket): Promise<{ readonly own: string; readonly told: string }> {
  const hash = createHash("sha256");
  let rest = Buffer.alloc(0);
  let unanswered = 0;
  for await (const chunk of socket) {
    unanswered += (chunk as Buffer).length;
    for (; unanswered >= bytesPerAnswer; unanswered -= bytesPerAnswer) socket.write("x");
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    hash.update(bytes.subarray(0, -64));
    rest = bytes.subarray(-64);
  }
  return { own: hash.digest("hex"), told: rest.toString() };
}

describeWithStockClient("port forwarding in the stock plugin", () => {
  let lab: TestEmulator;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openDatabase();
    const [web] = builtInSeed.nodes;
    if (web === undefined) throw new Error("the seed has no node");
    const old = { ...web, id: oldAgentNodeId, name: "old-1", agentVersion: "3.0.196.0" };
    lab = await startTestEmulator({
      seed: { nodes: [web, old, ...database.nodes] },
      nodes: { ...(await testNodes()), network: database.network },
    });
    await Promise.all([startPortServer(lab), startPortServer(lab, oldAgentNodeId), database.start(lab)]);
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const forward = (portNumber = "8080", ...moreArgs: readonly string[]) =>
    Tunnel.open(lab, "AWS-StartPortForwardingSession", { portNumber }, ...moreArgs);

  it("leads to the node, whomever Run As names, and ends at Ctrl-C", async () => {
    await setPreferences(lab, runAs());
    const tunnel = await forward();
    using program = tunnel.program();
    expect((await program.send("echo\nhello").receive(5)).toString()).toBe("hello");
    await tunnel.terminal.expectText("Connection accepted for session [");
    tunnel.terminal.type("\u0003");
    expect(await tunnel.terminal.exited).toBe(0);
    expect(tunnel.terminal.output).toContain("Terminate signal received, exiting.");
  });

  it("serves 20 connections at once, each with its own bytes", async () => {
    await using tunnel = await forward();
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        using program = tunnel.program();
        const sent = randomBytes(20_000 + index * 501);
        program.send("echo\n").send(sent);
        expect((await program.receive(sent.length)).equals(sent)).toBe(true);
      }),
    );
  });

  it("keeps a connection of HTTP alive", async () => {
    await using tunnel = await forward("8081");
    using agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), {
      [Symbol.dispose]: () => agent.destroy(),
    });
    const fetchPage = async (path: string) => {
      const [response] = await once(get({ port: tunnel.port, path, agent }), "response");
      return (await text(response)).split(" ");
    };
    const [first, second] = [await fetchPage("/one"), await fetchPage("/two")];
    expect([first[1], second[1]]).toEqual(["/one", "/two"]);
    // The server's view of the client: one and the same connection.
    expect(second[0]).toBe(first[0]);
  });

  it("closes both ways what the local program half-closes: smux knows no half", async () => {
    await using tunnel = await forward();
    using program = tunnel.program();
    await program.send("echo\nlast").receive(4);
    program.socket.end();
    expect(await program.rest()).toBe("last");
  });

  it("outlives a connection that the server resets", async () => {
    await using tunnel = await forward();
    using reset = tunnel.program();
    expect(await reset.send("reset\n").rest()).toBe("");
    using program = tunnel.program();
    expect((await program.send("echo\nstill").receive(5)).toString()).toBe("still");
  });

  it("says that nobody listens, and goes on", async () => {
    await using tunnel = await forward("9");
    using program = tunnel.program();
    expect(await program.rest()).toBe("");
    await tunnel.terminal.expectText("Connection to destination port failed, check SSM Agent logs.");
  });

  it("carries a gibibyte down, byte for byte", { timeout: 180_000 }, async () => {
    await using tunnel = await forward();
    using program = tunnel.program();
    program.send(`send ${gibibyte}\n`);
    const { own, told } = await readDigest(program.socket);
    expect(own).toBe(told);
  });

  it("carries bytes up, one slow reader among them, byte for byte", { timeout: 120_000 }, async () => {
    await using tunnel = await forward();
    // A download that nobody reads: it must not harm the others, within the 4 MiB that smux has for all.
    using slow = tunnel.program();
    slow.send("send 3000000\n");
    await once(slow.socket, "readable");
    const bytes = randomBytes(4_000_000);
    // A last piece of one line feed is the plugin's own to spoil.
    bytes[bytes.length - 1] = 0x41;
    using program = tunnel.program();
    program.send(`sink ${bytes.length}\n`).send(bytes);
    expect((await program.receive(64)).toString()).toBe(sha256(bytes));
    const { own, told } = await readDigest(slow.socket);
    expect(own).toBe(told);
  });

  it("listens on a Unix socket", async () => {
    const path = join(lab.environment("alice").HOME ?? "", "port.sock");
    const document = "AWS-StartPortForwardingSessionToSocket";
    await using tunnel = await Tunnel.open(lab, document, { portNumber: "8080", localUnixSocket: path });
    expect(tunnel.terminal.output).toContain(`Unix socket ${path} opened for sessionId `);
    const socket = connect({ path });
    socket.write("echo\nhello");
    const [answer] = await once(socket, "data");
    expect(String(answer)).toBe("hello");
    socket.destroy();
  });

  it("leads to a host that only the node can reach", async () => {
    const document = "AWS-StartPortForwardingSessionToRemoteHost";
    await using tunnel = await Tunnel.open(lab, document, { host: database.host, portNumber: "6379" });
    if (findProgram("redis-cli") === undefined) throw new Error("redis-cli is not on PATH");
    const redis = (...words: readonly string[]) =>
      runProgram("redis-cli", ["-p", String(tunnel.port), ...words], { env: lab.environment("alice") });
    expect(await redis("SET", "greeting", "hello from the host")).toMatchObject({ stdout: "OK\n" });
    expect(await redis("GET", "greeting")).toMatchObject({ exitCode: 0, stdout: "hello from the host\n" });
  });

  it("gives one connection at a time to an old agent's client, and connects again", async () => {
    await using tunnel = await forward("8080", "--target", oldAgentNodeId);
    for (const word of ["one", "two"]) {
      using program = tunnel.program();
      expect((await program.send(`echo\n${word}`).receive(3)).toString()).toBe(word);
      program.socket.destroy();
      await once(program.socket, "close");
    }
  });

  it("is in no session log", async () => {
    const { sessions, sessionEvents } = lab.emulator.state();
    const ports = [...sessions.values()].filter(({ documentName }) => documentName.includes("Port"));
    expect(ports.length).toBeGreaterThan(8);
    expect(ports.flatMap(({ sessionId }) => sessionEvents.read(sessionId))).toEqual([]);
    expect(new Set(ports.map(({ runAsUser }) => runAsUser))).toEqual(new Set([""]));
  });
});
