import { randomBytes } from "node:crypto";
import { decodeAgentMessage, type ReceivedMessage } from "../../emulator/protocol/agent-message.ts";
import { messageType } from "../../emulator/protocol/message-type.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { decodeTerminalSize, type TerminalSize } from "../../emulator/protocol/terminal-size.ts";
import { ClientChannel, type ClientChannelEffect } from "../../emulator/session/client-channel.ts";
import type { GeneratedDataKey } from "../../emulator/session/client-handshake.ts";

export interface Capture {
  readonly frames: readonly {
    readonly direction: string;
    readonly opcode: string;
    readonly hex: string;
    /** What an encrypted payload says. */
    readonly plain?: string;
  }[];
}

/** What KMS and chance have given to the plugin. */
export interface CapturedKey {
  readonly dataKey: GeneratedDataKey;
  readonly nonces: readonly Uint8Array[];
}

const noKey: CapturedKey = { dataKey: { type: "failed", reason: "no key" }, nonces: [] };

export function newClientChannel(
  size: TerminalSize = { columns: 300, rows: 100 },
  nonces: readonly Uint8Array[] = [],
): ClientChannel {
  const left = [...nonces];
  return new ClientChannel({
    clientVersion: "1.2.0.0",
    size,
    newMessageId: () => crypto.randomUUID(),
    randomBytes: (length) => left.shift() ?? randomBytes(length),
  });
}

/** What a client does, with a consumer that takes everything at once. */
export class TakingClient {
  readonly channel: ClientChannel;
  readonly sent: Uint8Array[] = [];
  /** What the consumer was given, one line each. */
  readonly given: string[] = [];

  readonly #dataKey: GeneratedDataKey;

  constructor(channel: ClientChannel = newClientChannel(), dataKey: GeneratedDataKey = noKey.dataKey) {
    this.channel = channel;
    this.#dataKey = dataKey;
  }

  apply(effects: readonly ClientChannelEffect[], now = 1): void {
    for (const effect of effects) {
      switch (effect.type) {
        case "send":
          this.sent.push(effect.frame);
          break;
        case "data-key-wanted":
          this.given.push(`data-key-wanted ${effect.kmsKeyId}`);
          this.apply(this.channel.dataKey(this.#dataKey, now), now);
          break;
        case "session":
          this.given.push(
            `session ${effect.session.sessionType} ${effect.session.agentVersion} ${effect.session.customerMessage}`.trimEnd(),
          );
          break;
        case "output":
        case "stderr":
          this.given.push(`${effect.type} ${Buffer.from(effect.bytes).toString()}`);
          this.apply(this.channel.taken(now), now);
          break;
        case "exit-code":
          this.given.push(`exit-code ${effect.code}`);
          this.apply(this.channel.taken(now), now);
          break;
        case "flag":
          this.given.push(`flag ${effect.value}`);
          this.apply(this.channel.taken(now), now);
          break;
        case "closed":
          this.given.push(`closed ${effect.output}`.trimEnd());
          break;
        case "writable":
          break;
      }
    }
  }
}

/** Our client in the plugin's place: it gets the frames that the plugin got, and the same keys and sizes. */
export function replay({ frames }: Capture, { dataKey, nonces }: CapturedKey = noKey): TakingClient {
  const sizes = pluginFrames({ frames }).filter((frame) => frame.payloadType === payloadType.size);
  const client = new TakingClient(
    newClientChannel(sizes[0] && decodeTerminalSize(sizes[0].payload), nonces),
    dataKey,
  );
  const { channel } = client;
  client.apply(channel.attach(0));
  const done = new Set<number>();
  frames.forEach(({ direction, opcode, hex, plain }, now) => {
    const frame = Buffer.from(hex, "hex");
    if (opcode === "text") {
      channel.detach();
      client.apply(channel.attach(now), now);
    } else if (direction === "server-to-client") client.apply(channel.receive(frame, now), now);
    else {
      const message = decodeAgentMessage(frame);
      if (message.messageType !== messageType.inputStreamData || done.has(message.sequenceNumber)) return;
      done.add(message.sequenceNumber);
      if (message.payloadType === payloadType.output) {
        client.apply(channel.sendInput(plain === undefined ? message.payload : Buffer.from(plain), now), now);
      }
      if (message.payloadType === payloadType.size) {
        client.apply(channel.resize(decodeTerminalSize(message.payload), now), now);
      }
    }
  });
  return client;
}

/** The stream messages that the plugin sent, each once. */
export function pluginFrames({ frames }: Capture): ReceivedMessage[] {
  return pluginBytes({ frames }).map((bytes) => decodeAgentMessage(bytes));
}

/** The frames that the plugin sent, without those that it repeated and without the token's. */
export function pluginBytes({ frames }: Capture): Buffer[] {
  const sent = frames
    .filter(({ direction, opcode }) => direction === "client-to-server" && opcode !== "text")
    .map(({ hex }) => hex);
  return [...new Set(sent)].map((hex) => Buffer.from(hex, "hex"));
}

/** A frame's bytes without what is new in each: its time and its id. */
export function comparable(frame: Uint8Array): string {
  const bytes = Buffer.from(frame);
  bytes.fill(0, 40, 48);
  bytes.fill(0, 64, 80);
  return bytes.toString("hex");
}
