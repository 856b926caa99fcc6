import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import pino from "pino";
import type { LiveSessions } from "../../emulator/agent/live-sessions.ts";
import {
  DataChannelClient,
  type DataChannelClientOptions,
} from "../../emulator/client/data-channel-client.ts";
import { systemClock } from "../../emulator/clock.ts";
import { serveDataChannels } from "../../emulator/http/data-channel-socket.ts";
import { newLiveSessions, sessionTask } from "../agent/session-bench.ts";
import { FakeNode } from "../helpers/fake-node.ts";
import { stateWithRoot } from "../http/fake-operations.ts";

export interface SessionServer extends AsyncDisposable {
  readonly node: FakeNode;
  readonly sessions: LiveSessions;
  /** How many websockets were opened so far. */
  readonly upgrades: number;
  /** Breaks the connections of all clients. */
  breakConnections(): void;
  /** Starts a session and connects a client to it. */
  connect(options?: Partial<DataChannelClientOptions>): ConnectedClient;
}

export interface ConnectedClient extends AsyncDisposable {
  readonly client: DataChannelClient;
  readonly sessionId: string;
  /** All that the client was given. */
  readonly output: () => string;
  /** How often a token was asked for. */
  readonly resumes: () => number;
}

/** The emulator's data channels on a real socket, with a node in memory. */
export async function startSessionServer(): Promise<SessionServer> {
  const node = new FakeNode();
  const state = stateWithRoot();
  const sessions = newLiveSessions({ clock: systemClock, on: node, state: () => state });
  const server = createServer();
  const sockets = new Set<{ destroy(): void }>();
  let upgrades = 0;
  server.on("connection", (socket) => sockets.add(socket));
  server.on("upgrade", () => upgrades++);
  const channels = serveDataChannels({
    server,
    channels: sessions,
    clock: systemClock,
    log: pino({ level: "silent" }),
    allowedHosts: [],
    verifySignature: () => undefined,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const breakConnections = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  let started = 0;
  return {
    node,
    sessions,
    get upgrades() {
      return upgrades;
    },
    breakConnections,
    connect(options = {}) {
      const sessionId = `alice-${String(++started).padStart(17, "0")}`;
      const { tokenValue } = sessions.start(sessionTask({ sessionId }));
      const streamUrl = `ws://127.0.0.1:${port}/v1/data-channel/${sessionId}?role=publish_subscribe`;
      const chunks: Uint8Array[] = [];
      let resumes = 0;
      const client = new DataChannelClient({
        start: { sessionId, streamUrl, tokenValue },
        clientVersion: "1.2.707.0",
        size: { columns: 80, rows: 24 },
        onOutput: (bytes) => void chunks.push(bytes),
        resume: async () => {
          resumes++;
          return sessions.resume(sessionId)?.tokenValue;
        },
        ...options,
      });
      return {
        client,
        sessionId,
        output: () => Buffer.concat(chunks).toString(),
        resumes: () => resumes,
        [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
      };
    },
    async [Symbol.asyncDispose]() {
      channels.close();
      breakConnections();
      await promisify(server.close.bind(server))();
    },
  };
}
