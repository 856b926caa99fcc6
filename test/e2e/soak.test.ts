import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  CreateDocumentCommand,
  StartSessionCommand,
  type StartSessionCommandInput,
  TerminateSessionCommand,
} from "@aws-sdk/client-ssm";
import { expect, it, vi } from "vitest";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { testEngine } from "../helpers/engine.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import { nodeContainer, processesOn } from "./node.ts";
import { startPortServer } from "./port-server.ts";

/** Hundreds of sessions of all types, ended in every way: nothing of them is left anywhere. */

const roundSize = 63;
const openAtOnce = 12;

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A session in the stock plugin that has shown that it works. */
interface OpenSession {
  readonly id: string;
  readonly plugin: ChildProcessWithoutNullStreams;
  readonly exited: Promise<unknown>;
  /** Ends it as its user does. */
  readonly leave: () => void;
  readonly local: Socket | undefined;
  output(): string;
}

interface Kind {
  readonly request: Partial<StartSessionCommandInput>;
  /** What the plugin prints when the session is there. */
  readonly ready: RegExp;
  readonly leave: (plugin: ChildProcessWithoutNullStreams) => void;
  /** Typed once it is there, and the answer. */
  readonly use?: readonly [string, string];
  readonly port?: boolean;
}

const command = (DocumentName: string, text: string) => ({ DocumentName, Parameters: { command: [text] } });

const kinds: readonly Kind[] = [
  {
    request: {},
    ready: /sh-5\.2\$ /,
    use: ["sleep 300 & echo $((40 + 2))\n", "\r\n42\r\n"],
    leave: ({ stdin }) => stdin.write("exit\n"),
  },
  {
    request: { DocumentName: "encrypted" },
    ready: /encrypted using AWS KMS[\s\S]*sh-5\.2\$ /,
    use: ["setsid sleep 300 & echo $((40 + 2))\n", "\r\n42\r\n"],
    leave: ({ stdin }) => stdin.write("exit\n"),
  },
  {
    request: command("AWS-StartInteractiveCommand", "echo ready; cat"),
    ready: /ready/,
    use: ["hello\n", "hello\r\nhello\r\n"],
    leave: ({ stdin }) => stdin.write("\u0004"),
  },
  {
    request: command("separate", "sh -c 'echo ready; sleep 300 >/dev/null 2>&1 & exec sleep 301'"),
    ready: /ready/,
    leave: (plugin) => plugin.kill("SIGINT"),
  },
  {
    request: { DocumentName: "AWS-StartPortForwardingSession", Parameters: { portNumber: ["8080"] } },
    ready: /Port (\d+) opened/,
    port: true,
    leave: (plugin) => plugin.kill("SIGINT"),
  },
  {
    request: { DocumentName: "AWS-StartSSHSession" },
    ready: /SSH-2\.0-/,
    leave: ({ stdin }) => stdin.write("quit\r\n"),
  },
];

async function prepare(lab: TestEmulator): Promise<void> {
  await startPortServer(lab);
  const documents = {
    encrypted: { sessionType: "Standard_Stream", inputs: { kmsKeyId: "alias/soak" } },
    separate: {
      sessionType: "NonInteractiveCommands",
      parameters: { command: { type: "String" } },
      properties: { linux: { commands: "{{ command }}", separateOutputStream: true } },
    },
  };
  const ssm = lab.ssm("root");
  for (const [Name, content] of Object.entries(documents)) {
    const Content = JSON.stringify({ schemaVersion: "1.0", ...content });
    await ssm.send(new CreateDocumentCommand({ Name, DocumentType: "Session", Content }));
  }
  ssm.destroy();
}

async function open(lab: TestEmulator, kind: Kind): Promise<OpenSession> {
  const ssm = lab.ssm("alice");
  const { SessionId, StreamUrl, TokenValue } = await ssm
    .send(new StartSessionCommand({ Target: webNodeId, ...kind.request }))
    .finally(() => ssm.destroy());
  const response = JSON.stringify({ SessionId, StreamUrl, TokenValue });
  const request = JSON.stringify({ Target: webNodeId });
  const args = [response, "us-east-1", "StartSession", "", request, lab.emulator.url];
  const { caCertificatePath, url } = lab.emulator;
  // The endpoint is ours; only KMS goes by AWS's host name.
  const lane = { HTTPS_PROXY: url, AWS_CA_BUNDLE: caCertificatePath, SSL_CERT_FILE: caCertificatePath };
  const env = { ...lab.environment("alice"), ...lane };
  const plugin = spawn("session-manager-plugin", args, { env });
  const exited = once(plugin, "exit");
  let output = "";
  plugin.stdin.on("error", () => {});
  plugin.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const session = {
    id: SessionId ?? "",
    plugin,
    exited,
    leave: () => kind.leave(plugin),
    output: () => output,
  };
  await shows(session, kind.ready);
  if (kind.use !== undefined) {
    plugin.stdin.write(kind.use[0]);
    await shows(session, kind.use[1]);
  }
  return { ...session, local: kind.port ? await talk(Number(kind.ready.exec(output)?.[1])) : undefined };
}

async function talk(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  socket.write("echo\nhello");
  await once(socket, "data");
  return socket;
}

async function shows(session: Pick<OpenSession, "id" | "output">, expected: RegExp | string): Promise<void> {
  await vi
    .waitUntil(
      () =>
        typeof expected === "string" ? session.output().includes(expected) : expected.test(session.output()),
      { timeout: 30_000, interval: 10 },
    )
    .catch(() => {
      throw new Error(`${session.id} never showed ${String(expected)}: ${JSON.stringify(session.output())}`);
    });
}

/** Sessions of all kinds, some at once. */
async function openRound(lab: TestEmulator): Promise<OpenSession[]> {
  const wanted = Array.from({ length: roundSize }, (_, index) => kinds[index % kinds.length]);
  const sessions: OpenSession[] = [];
  const worker = async () => {
    for (let kind = wanted.pop(); kind !== undefined; kind = wanted.pop()) {
      sessions.push(await open(lab, kind));
    }
  };
  await Promise.all(Array.from({ length: openAtOnce }, worker));
  return sessions;
}

type End = (lab: TestEmulator, sessions: readonly OpenSession[]) => Promise<void>;

const ends: Readonly<Record<string, End>> = {
  "their users leaving": async (_lab, sessions) => {
    for (const session of sessions) session.leave();
  },
  "kill -9 of the client": async (lab, sessions) => {
    for (const { plugin } of sessions) plugin.kill("SIGKILL");
    await Promise.all(sessions.map(({ exited }) => exited));
    const live = () => [...lab.emulator.state().sessions.values()].map(({ status }) => status);
    await vi.waitUntil(() => !live().includes("Connected"), { timeout: 20_000 });
    await lab.emulator.advance(60_000);
  },
  TerminateSession: async (lab, sessions) => {
    const ssm = lab.ssm("alice");
    await Promise.all(sessions.map(({ id }) => ssm.send(new TerminateSessionCommand({ SessionId: id }))));
    ssm.destroy();
  },
  "a stop of the node": async (lab) => {
    const node = lab.emulator.nodes.get(webNodeId);
    await node?.stop();
    await node?.start();
    await startPortServer(lab);
  },
};

async function waitForEnds(lab: TestEmulator, sessions: readonly OpenSession[]): Promise<void> {
  await Promise.all(sessions.map(({ exited }) => exited));
  for (const { local } of sessions) local?.destroy();
  const { sessions: records } = lab.emulator.state();
  await vi.waitUntil(() => sessions.every(({ id }) => records.get(id)?.endedAt !== undefined), {
    timeout: 30_000,
  });
}

interface Footprint {
  readonly processes: readonly string[];
  /** Sockets, pipes and timers of this process. */
  readonly resources: number;
  readonly heapBytes: number;
}

async function footprint(lab: TestEmulator): Promise<Footprint> {
  await lab.emulator.reset();
  const commands = (await processesOn(lab)).map((line) => line.replace(/^\d+ /, "")).sort();
  const resources = process.getActiveResourcesInfo().length;
  collectGarbage();
  return { processes: commands, resources, heapBytes: process.memoryUsage().heapUsed };
}

describeWithStockClient("hundreds of sessions of all types", () => {
  it("leave nothing, however they end", { timeout: 600_000 }, async () => {
    await using lab = await startTestEmulator({ seed: { kmsKeys: [{ alias: "alias/soak" }] } });
    await prepare(lab);
    const round = async (end: End) => {
      const sessions = await openRound(lab);
      await end(lab, sessions);
      await waitForEnds(lab, sessions);
    };
    // The first round makes what stays: caches, ssm-user, compiled code.
    for (const end of Object.values(ends)) await round(end);
    const before = await footprint(lab);
    await prepare(lab);
    for (const end of Object.values(ends)) await round(end);
    await vi.waitFor(
      async () => {
        const after = await footprint(lab);
        expect(after.processes).toEqual(before.processes);
        // Connections that are kept for the next request come and go.
        expect(after.resources).toBeLessThan(before.resources + 10);
        expect(after.heapBytes).toBeLessThan(before.heapBytes * 1.1);
      },
      { timeout: 30_000, interval: 1_000 },
    );
    if (testEngine === "namespace") return;
    const { ExecIDs } = await nodeContainer(lab).inspect();
    expect((ExecIDs ?? []).length).toBeLessThanOrEqual(4);
  });

  it("are told of the end by SIGTERM's way out, and their logs are complete, within 5 s", {
    timeout: 120_000,
  }, async () => {
    const events: string[] = [];
    const lab = await startTestEmulator({
      seed: { kmsKeys: [{ alias: "alias/soak" }] },
      onSessionEvent: ({ sessionId, message }) => events.push(`${sessionId} ${message}`),
    });
    await prepare(lab);
    const sessions = await openRound(lab);
    const startedAt = Date.now();
    await lab.emulator.close();
    const tookMs = Date.now() - startedAt;
    await Promise.all(sessions.map(({ exited }) => exited));
    for (const { local } of sessions) local?.destroy();
    for (const { id, output } of sessions) {
      expect(output()).toContain(`Exiting session with sessionId: ${id}.`);
      if (output().includes("42\r\n")) expect(events.join("\n")).toMatch(new RegExp(`${id} .*"42"`));
    }
    await lab[Symbol.asyncDispose]();
    expect(tookMs).toBeLessThan(5_000);
  });
});
