import type { Agent } from "node:http";
import { type RawData, WebSocket } from "ws";
import type { Clock } from "../clock.ts";
import { maxClientFrameBytes } from "../protocol/agent-message.ts";
import { GatheredWrites } from "../streams/gathered-writes.ts";

/** As the plugin's library has it. @see data-channel reference, section 3 */
const upgradeTimeoutMs = 45_000;
const pingIntervalMs = 5 * 60_000;
const pingBody = "keepalive";

export interface ConnectionOptions {
  readonly url: string;
  /** The text frame with the token. */
  readonly firstFrame: Uint8Array;
  readonly agent: Agent | undefined;
  readonly clock: Clock;
  readonly onFrame: (frame: Uint8Array) => void;
}

/** One websocket of a data channel, from the first frame to its end. */
export interface Connection {
  send(frame: Uint8Array): void;
  /** Reads no more frames until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Drops the connection without a word, as every client does at the end. */
  drop(): void;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
}

/**
 * Opens a websocket and sends the first frame.
 * @throws Error when there is no connection; `signal` gives up
 * @see data-channel reference, section 3
 */
export async function openConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
  const { clock } = options;
  signal.throwIfAborted();
  const socket = new WebSocket(options.url, {
    maxPayload: maxClientFrameBytes,
    perMessageDeflate: false,
    ...(options.agent !== undefined && { agent: options.agent }),
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  let writes: GatheredWrites | undefined;
  socket.once("upgrade", (response) => {
    writes = new GatheredWrites(response.socket);
  });
  const drop = () => {
    writes?.flush();
    socket.terminate();
  };
  signal.addEventListener("abort", drop, { once: true });
  void closed.then(() => signal.removeEventListener("abort", drop));
  // Before it opens: the first frames can come together with the answer to the upgrade.
  socket.on("message", (data) => options.onFrame(toBytes(data)));
  await opened(socket, clock);
  socket.send(Buffer.from(options.firstFrame).toString());
  void closed.then(keepAlive(socket, clock));
  return {
    send: (frame) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      writes?.gather();
      socket.send(frame);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    drop,
    closed,
  };
}

function opened(socket: WebSocket, clock: Clock): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancelTimeout = clock.at(clock.now() + upgradeTimeoutMs, () => {
    reject(
      new Error(`Expected a websocket from ${socket.url} within ${upgradeTimeoutMs / 1000} s, got none`),
    );
    socket.terminate();
  });
  socket.once("open", resolve);
  // It stays: errors after the opening say no more than the close that follows them.
  socket.on("error", reject);
  return promise.finally(cancelTimeout);
}

/** Pings at once and from time to time; calling the result ends it. */
function keepAlive(socket: WebSocket, clock: Clock): () => void {
  let cancel = () => {};
  const ping = () => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.ping(pingBody);
    cancel = clock.at(clock.now() + pingIntervalMs, ping);
  };
  ping();
  return () => cancel();
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
