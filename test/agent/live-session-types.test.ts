import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { FakeNode } from "../helpers/fake-node.ts";
import { commandReading, documentReading, sessionBench, shellReading } from "./session-bench.ts";
import { TestClient } from "./test-client.ts";

const portReading = (properties: Readonly<Record<string, unknown>> = {}) =>
  documentReading({ sessionType: "Port", properties: { portNumber: "22", ...properties } });

const command = commandReading("NonInteractiveCommands", { commands: "id" });
const handshakeTimedOut =
  "\n----------ERROR-------\nEncountered error while initiating handshake. Handshake timed out. Please ensure that you have the latest version of the session manager plugin.";

describe("a session that wants a handshake", () => {
  it.each([
    ["a command", command],
    ["a port", portReading()],
    ["an encrypted shell", shellReading({ kmsKeyId: "alias/x" })],
  ])("does nothing on the node before its client has done it: %s", async (_what, document) => {
    const { session, node, clock, now } = sessionBench({ task: { document } });
    session.begin();
    await clock.advance(14_999);
    expect(node.calls).toEqual([]);
    expect(now().status).toBe("Connected");
    await clock.advance(1);
    await clock.advance(2_000);
    await session.ended;
    expect(now()).toMatchObject({ status: "Failed", closingOutput: handshakeTimedOut });
    expect(node.calls).toEqual([]);
  });

  it.each([
    ["a shell", shellReading()],
    ["an interactive command", commandReading("InteractiveCommands", { commands: "id" })],
  ])("is not %s, which starts without a client", async (_what, document) => {
    const { session, node, clock } = sessionBench({ task: { document } });
    session.begin();
    await clock.advance(0);
    expect(node.terminals).toHaveLength(1);
    session.terminate();
    await clock.advance(2_000);
    await session.ended;
  });
});

describe("a command session", () => {
  it("runs once its client is there, shows what it printed and ends with it", async () => {
    const { session, node, clock, connect, now } = sessionBench({ task: { document: command } });
    session.begin();
    const client = await connect();
    await clock.advance(0);
    node.process.print("uid=1001\n");
    node.process.end({ type: "exited", code: 3 });
    await clock.advance(0);
    await clock.advance(2_000);
    await session.ended;
    expect(client.output).toBe("uid=1001\n");
    expect(client.closingOutput).toBe("");
    expect(now()).toMatchObject({ status: "Terminated", runAsUser: "ssm-user" });
    expect(node.process.isTerminated).toBe(true);
  });

  it("whose user is missing shows why, a second after the shells' delay, and again at the end", async () => {
    const document = commandReading("NonInteractiveCommands", { commands: "id" }, { runAsEnabled: true });
    const { session, clock, connect } = sessionBench({ task: { document, runAsUser: "bob" } });
    session.begin();
    const client = await connect();
    await clock.advance(2_999);
    expect(client.heard.some((line) => line.includes("RunAs user bob"))).toBe(false);
    await clock.advance(1);
    await clock.advance(2_000);
    await session.ended;
    const shown = client.heard.filter((line) => line.includes("RunAs user bob does not exist"));
    expect(shown).toHaveLength(2);
    expect(client.closingOutput).toMatch(/^\n----------ERROR-------\nUnable to start command: /);
  });

  it("is recorded, but streams to no log group", async () => {
    const { session, node, clock, connect, events } = sessionBench({ task: { document: command } });
    session.begin();
    await connect();
    await clock.advance(0);
    node.process.print("line\n");
    node.process.end();
    await clock.advance(2_000);
    await clock.advance(2_000);
    await session.ended;
    expect(events.map(({ message }) => JSON.parse(message).sessionData)).toEqual([["line"]]);
  });
});

describe("a port session", () => {
  it("to a port that nobody listens on fails with the agent's words when it cannot multiplex", async () => {
    const { session, clock, connect, now } = sessionBench({ task: { document: portReading() } });
    session.begin();
    const client = await connect();
    await clock.advance(0);
    await clock.advance(2_000);
    await session.ended;
    const output = "Unable to connect to specified port: dial tcp 127.0.0.1:22: connect: connection refused";
    expect(now()).toMatchObject({ status: "Failed", closingOutput: output });
    await clock.advance(2_000);
    expect(client.closingOutput).toBe(output);
  });

  it("ends at once though the node is still connecting", async () => {
    const node = new FakeNode();
    const silent = new Duplex({ read() {} });
    node.dial = () => silent;
    const { session, clock, connect, now } = sessionBench({ node, task: { document: portReading() } });
    session.begin();
    await connect();
    await clock.advance(0);
    session.terminate();
    await session.ended;
    expect(now().status).toBe("Terminated");
    expect(silent.destroyed).toBe(true);
  });

  it("has no user and no log", async () => {
    const document = portReading({ type: "LocalPortForwarding" });
    const { session, clock, connect, now, events } = sessionBench({ task: { document } });
    session.begin();
    await connect();
    await clock.advance(0);
    expect(now()).toMatchObject({ status: "Connected", runAsUser: "", decision: { outcome: "run" } });
    session.terminate();
    await clock.advance(2_000);
    await session.ended;
    expect(events).toEqual([]);
  });
});

describe("an encrypted session", () => {
  it("fails when its client cannot get a data key", async () => {
    const document = shellReading({ kmsKeyId: "alias/missing" });
    const node = new FakeNode();
    const { session, clock, connect, now } = sessionBench({ node, task: { document } });
    session.begin();
    const client = new TestClient();
    client.answers = false;
    await connect(client);
    client.failHandshake("Failed to process action KMSEncryption: Error calling KMS GenerateDataKey API: x");
    await clock.advance(0);
    await clock.advance(2_000);
    await session.ended;
    expect(now().status).toBe("Failed");
    expect(now().closingOutput).toContain("Encountered error while initiating handshake. ");
    expect(node.calls).toEqual([]);
  });
});
