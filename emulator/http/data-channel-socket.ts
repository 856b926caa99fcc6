import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { AttachedClient, ClientConnection, DataChannels } from "../agent/client-connection.ts";
import type { Clock } from "../clock.ts";
import { ProtocolError } from "../errors.ts";
import { maxClientFrameBytes } from "../protocol/agent-message.ts";
import { decodeOpenDataChannel } from "../protocol/open-data-channel.ts";
import { GatheredWrites } from "../streams/gathered-writes.ts";
import { isOwnHost, isOwnOrigin } from "./own-host.ts";

/** How long a client may take for its first frame, which holds the token. */
const tokenFrameTimeoutMs = 30_000;
/** Enough to answer a refusal to; every plugin drops the socket by itself long before. */
const lingerAfterRefusalMs = 2_000;
/** The real service takes only so many clients at once per session: one. This bounds sockets without a session. */
const maxSockets = 5_000;

export interface DataChannelSocketOptions {
  readonly server: Server;
  readonly channels: DataChannels;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  /** Undefined: the upgrade may pass; else the reason to refuse it. Called only for signed upgrades. */
  readonly verifySignature: (request: IncomingMessage) => string | undefined;
  /** Host names besides loopback and AWS's that lead to us. */
  readonly allowedHosts: readonly string[];
}

/**
 * Serves `GET /v1/data-channel/<session-id>` as a websocket. The token in the first text frame is the credential; a
 * signature on the upgrade, as plugins send from 1.2.764 on, is verified when it is there.
 * @see data-channel reference, sections 3 and 12
 */
export function serveDataChannels(options: DataChannelSocketOptions): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxClientFrameBytes,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Whoever resets its connection in mid-upgrade must not take the process down.
    socket.on("error", () => socket.destroy());
    const refusal = refuseUpgrade(request, options, sockets.clients.size);
    if (refusal !== undefined) {
      // A client that does not end its side, too, would keep the socket for ever.
      socket.once("finish", () => socket.destroy());
      socket.end(
        `HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(refusal.text)}\r\n\r\n${refusal.text}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      serveClient(webSocket, new GatheredWrites(socket), sessionIdOf(request), options);
    });
  };
  options.server.on("upgrade", onUpgrade);
  return {
    close() {
      options.server.off("upgrade", onUpgrade);
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

const dataChannelPath = /^\/v1\/data-channel\/([^/?]{1,96})(?:\?|$)/;

function sessionIdOf(request: IncomingMessage): string {
  const encoded = dataChannelPath.exec(request.url ?? "")?.[1] ?? "";
  try {
    return decodeURIComponent(encoded);
  } catch {
    return "";
  }
}

function refuseUpgrade(
  request: IncomingMessage,
  options: DataChannelSocketOptions,
  openSockets: number,
): { readonly status: string; readonly text: string } | undefined {
  if (!dataChannelPath.test(request.url ?? "")) {
    return { status: "404 Not Found", text: "Only /v1/data-channel/<session-id> takes websockets." };
  }
  if (!isOwnHost(request.headers.host, options.allowedHosts)) {
    return { status: "403 Forbidden", text: `Host ${request.headers.host} does not lead to this emulator.` };
  }
  if (!isOwnOrigin(request.headers, options.allowedHosts)) {
    return { status: "403 Forbidden", text: `Origin ${request.headers.origin} may not open data channels.` };
  }
  if (openSockets >= maxSockets) {
    return { status: "503 Service Unavailable", text: `More than ${maxSockets} data channels are open.` };
  }
  if (!isSigned(request)) return undefined;
  const reason = options.verifySignature(request);
  return reason === undefined ? undefined : { status: "403 Forbidden", text: reason };
}

function isSigned(request: IncomingMessage): boolean {
  return request.headers.authorization !== undefined || /[?&]X-Amz-Signature=/.test(request.url ?? "");
}

/** One client: the token frame first, everything later goes to the session it opened. */
function serveClient(
  webSocket: WebSocket,
  writes: GatheredWrites,
  sessionId: string,
  options: DataChannelSocketOptions,
): void {
  const { clock, channels } = options;
  const log = options.log.child({ sessionId });
  let client: AttachedClient | undefined;
  /** Nothing that comes is looked at any more. */
  let isOver = false;
  let cancelTimeout = clock.at(clock.now() + tokenFrameTimeoutMs, () => webSocket.terminate());

  const fail = (error: unknown) => {
    isOver = true;
    if (!(error instanceof ProtocolError)) {
      log.error({ err: error }, "data channel failed");
      webSocket.close(1011);
      return;
    }
    log.info({ code: error.code, reason: error.message }, "client broke the data channel's rules");
    webSocket.close(error.closeCode, error.message.slice(0, 120));
  };
  const open = (frame: Uint8Array) => {
    cancelTimeout();
    const { tokenValue } = decodeOpenDataChannel(frame);
    const connection: ClientConnection = {
      send: (bytes) => {
        writes.gather();
        webSocket.send(bytes);
      },
      close: () => webSocket.close(1000),
      cut: () => {
        writes.flush();
        webSocket.terminate();
      },
      fail,
    };
    const attached = channels.attach({ sessionId, tokenValue, connection });
    if ("refusal" in attached) {
      // A close would send the plugin into a loop of resumes; a closing message ends it.
      isOver = true;
      log.info("data channel refused");
      webSocket.send(attached.refusal);
      cancelTimeout = clock.at(clock.now() + lingerAfterRefusalMs, () => webSocket.terminate());
      return;
    }
    client = attached;
  };

  webSocket.on("message", (data) => {
    if (isOver) return;
    try {
      const frame = toBytes(data);
      if (client === undefined) open(frame);
      else client.receive(frame);
    } catch (error) {
      fail(error);
    }
  });
  webSocket.on("close", () => {
    cancelTimeout();
    client?.lost();
  });
  webSocket.on("error", (error) => log.info({ err: error }, "data channel socket failed"));
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
