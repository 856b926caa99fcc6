import { randomBytes } from "node:crypto";
import type { FaultStream } from "../../emulator/faults/fault.ts";
import type { ActiveFault } from "../../emulator/faults/fault-list.ts";
import { FaultyLink } from "../../emulator/faults/faulty-link.ts";
import { ClientChannel, type ClientChannelEffect } from "../../emulator/session/client-channel.ts";
import {
  DataChannel,
  type DataChannelEffect,
  type DataChannelOptions,
} from "../../emulator/session/data-channel.ts";
import type { Network } from "./conversation.ts";

interface Event {
  readonly at: number;
  readonly happen: () => void;
}

const longestConversationMs = 600_000;
const limits = { maxPayloadBytes: 64, maxUnacknowledgedBytes: 4_096, maxUnacknowledgedFrames: 20 };

/** Both ends of a data channel, a slow consumer, and an in-memory network whose time is driven by hand. */
export class ClientConversation {
  readonly server: DataChannel;
  readonly client: ClientChannel;
  /** What the shell got, and what the client's consumer got. */
  readonly typed: number[] = [];
  readonly printed: number[] = [];
  closingOutput: string | undefined;
  now = 1_000;
  readonly #network: Network;
  readonly #slownessMs: number;
  #events: Event[] = [];
  /** Counts connections: what is on its way on one is lost with it. */
  #connection = 0;
  #isConnected = false;
  #faults: readonly ActiveFault[] = [];
  #links = { downstream: new FaultyLink(), upstream: new FaultyLink() };
  readonly #dataKey: Uint8Array;
  #isPrintable: boolean;
  #unprinted: Uint8Array[] = [];
  #untyped: Uint8Array[] = [];

  /** With a data key the session is encrypted. */
  constructor(network: Network, slownessMs: number, dataKey?: Uint8Array) {
    this.#network = network;
    this.#slownessMs = slownessMs;
    const newMessageId = () => crypto.randomUUID();
    this.server = new DataChannel({
      sessionId: "session",
      agentVersion: "3.3.1957.0",
      newMessageId,
      limits,
      ...(dataKey !== undefined && { handshake: "required", encryption: encryptionWith(dataKey) }),
    });
    this.#dataKey = dataKey ?? new Uint8Array();
    // What is printed before an encrypted session begins is nobody's.
    this.#isPrintable = dataKey === undefined;
    this.client = new ClientChannel({
      clientVersion: "1.2.707.0",
      size: { columns: 80, rows: 24 },
      newMessageId,
      randomBytes: (length) => randomBytes(length),
      limits,
    });
  }

  connect(): void {
    this.#connection++;
    this.#isConnected = true;
    this.#links = { downstream: new FaultyLink(), upstream: new FaultyLink() };
    this.#faceFaults();
    this.#applyServer(this.server.attachClient(this.now));
    this.#applyClient(this.client.attach(this.now));
  }

  disconnect(): void {
    this.#connection++;
    this.#isConnected = false;
    this.server.detachClient();
    this.client.detach();
  }

  /** Puts these faults in the place of those there were. A connection that they cut is made anew. */
  face(faults: readonly ActiveFault[]): void {
    this.#faults = faults;
    this.#faceFaults();
  }

  acceptInput(): void {
    this.#applyServer(this.server.acceptInput(this.now));
  }

  print(chunks: readonly Uint8Array[]): void {
    this.#unprinted.push(...chunks);
    this.#pumpPrinted();
  }

  type(chunks: readonly Uint8Array[]): void {
    this.#untyped.push(...chunks);
    this.#pumpTyped();
  }

  close(output: string): void {
    this.#applyServer(this.server.close(output, this.now));
  }

  /** Neither end waits for the other. */
  get isQuiet(): boolean {
    return this.server.nextDeadline() === undefined && this.client.nextDeadline() === undefined;
  }

  /** Lets time pass from event to event. */
  runUntil(isDone: () => boolean): void {
    while (!isDone()) {
      if (this.now > longestConversationMs) throw new Error("The conversation does not come to its end");
      const nextAt = Math.min(
        this.server.nextDeadline() ?? Number.POSITIVE_INFINITY,
        this.client.nextDeadline() ?? Number.POSITIVE_INFINITY,
        this.now + 100,
        this.#links.downstream.nextAt ?? Number.POSITIVE_INFINITY,
        this.#links.upstream.nextAt ?? Number.POSITIVE_INFINITY,
        ...this.#events.map(({ at }) => at),
      );
      this.now = Math.max(this.now, nextAt);
      const due = this.#events.filter(({ at }) => at <= this.now);
      this.#events = this.#events.filter(({ at }) => at > this.now);
      for (const { happen } of due.toSorted((one, other) => one.at - other.at)) happen();
      this.#passLinks();
      this.#applyServer(this.server.onDeadline(this.now));
      this.#applyClient(this.client.onDeadline(this.now));
    }
  }

  #applyServer(effects: readonly DataChannelEffect[]): void {
    for (const effect of effects) {
      if (effect.type === "input") this.typed.push(...effect.bytes);
      if (effect.type === "client-ready") this.#isPrintable = true;
      if (effect.type === "writable" || effect.type === "client-ready") this.#pumpPrinted();
      if (effect.type === "send") {
        this.#transmit(effect.frame, "downstream");
      }
    }
  }

  #applyClient(effects: readonly ClientChannelEffect[]): void {
    for (const effect of effects) {
      if (effect.type === "send") {
        this.#transmit(effect.frame, "upstream");
      }
      if (effect.type === "data-key-wanted") this.#generateDataKey();
      if (effect.type === "writable") this.#pumpTyped();
      if (effect.type === "closed") this.closingOutput = effect.output;
      if (effect.type === "output") {
        this.printed.push(...effect.bytes);
        const at = this.now + Math.round(this.#network.random() * this.#slownessMs);
        this.#events.push({ at, happen: () => this.#applyClient(this.client.taken(this.now)) });
      }
    }
  }

  /** KMS takes its time. */
  #generateDataKey(): void {
    const dataKey = { type: "data-key", plaintext: this.#dataKey, cipherText: this.#dataKey } as const;
    const happen = () => this.#applyClient(this.client.dataKey(dataKey, this.now));
    this.#events.push({ at: this.now + 50, happen });
  }

  #pumpPrinted(): void {
    while (this.#isPrintable && this.server.writable) {
      const chunk = this.#unprinted.shift();
      if (chunk === undefined) return;
      this.#applyServer(this.server.sendOutput(chunk, this.now));
    }
  }

  #pumpTyped(): void {
    while (this.client.writable) {
      const chunk = this.#untyped.shift();
      if (chunk === undefined) return;
      this.#applyClient(this.client.sendInput(chunk, this.now));
    }
  }

  #faceFaults(): void {
    for (const stream of streams) {
      const concerned = this.#faults.filter(
        ({ fault }) => fault.type === "agent_offline" || fault.stream === stream,
      );
      this.#links[stream].face(concerned, this.now);
    }
  }

  #transmit(frame: Uint8Array, stream: FaultStream): void {
    const { random, lossShare, duplicateShare, minDelayMs, maxDelayMs } = this.#network;
    const connection = this.#connection;
    const copies = random() < lossShare ? 0 : random() < duplicateShare ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const at = this.now + Math.round(minDelayMs + random() * (maxDelayMs - minDelayMs));
      const happen = () => {
        if (this.#isConnected && connection === this.#connection) this.#links[stream].push(frame, this.now);
      };
      this.#events.push({ at, happen });
    }
  }

  #passLinks(): void {
    for (const stream of streams) {
      for (const event of this.#links[stream].take(this.now)) {
        if (event.type === "frame") this.#arrive(event.frame, stream);
        else if (event.type === "cut") this.#reconnect();
      }
    }
  }

  #arrive(frame: Uint8Array, stream: FaultStream): void {
    if (!this.#isConnected) return;
    if (stream === "downstream") this.#applyClient(this.client.receive(frame, this.now));
    else this.#applyServer(this.server.receive(frame, this.now));
  }

  #reconnect(): void {
    if (!this.#isConnected) return;
    this.disconnect();
    this.#events.push({ at: this.now + 30, happen: () => this.connect() });
  }
}

const streams = ["downstream", "upstream"] as const satisfies readonly FaultStream[];

/** KMS whose cipher text is the key itself. */
function encryptionWith(dataKey: Uint8Array): NonNullable<DataChannelOptions["encryption"]> {
  return {
    kmsKeyId: "key-1",
    challenge: Buffer.alloc(16),
    randomBytes: (length) => randomBytes(length),
    decryptDataKey: (cipherText) =>
      Buffer.from(cipherText).equals(dataKey)
        ? { type: "data-key", plaintext: cipherText }
        : { type: "failed", reason: "another key" },
  };
}
