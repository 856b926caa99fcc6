import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import {
  DataChannelClient,
  type DataChannelClientOptions,
} from "../../emulator/client/data-channel-client.ts";

/** Options of a client of the session alice-1, whose server listens there. */
export function optionsFor(
  port: number,
  options: Partial<DataChannelClientOptions> = {},
): DataChannelClientOptions {
  return {
    start: { sessionId: "alice-1", streamUrl: `ws://127.0.0.1:${port}/`, tokenValue: "first" },
    clientVersion: "1.2.707.0",
    size: { columns: 80, rows: 24 },
    onOutput: () => {},
    resume: async () => "again",
    ...options,
  };
}

/** A server that does as it likes with each client, once it has its first frame. */
export async function serve(onClient: (socket: WebSocket) => void) {
  const firstFrames: Buffer[] = [];
  const websockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(websockets, "listening");
  const { port } = websockets.address() as AddressInfo;
  websockets.on("connection", (socket) => {
    socket.once("message", (data: Buffer) => {
      firstFrames.push(data);
      onClient(socket);
    });
  });
  return {
    firstFrames,
    url: `ws://127.0.0.1:${port}/`,
    connect: (options: Partial<DataChannelClientOptions> = {}) =>
      new DataChannelClient(optionsFor(port, options)),
    async [Symbol.asyncDispose]() {
      for (const socket of websockets.clients) socket.terminate();
      websockets.close();
      await once(websockets, "close");
    },
  };
}
