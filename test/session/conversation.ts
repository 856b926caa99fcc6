import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { messageType } from "../../emulator/protocol/message-type.ts";
import { DataChannel, type DataChannelEffect } from "../../emulator/session/data-channel.ts";
import type { DataChannelLimits } from "../../emulator/session/data-channel-limits.ts";
import type { ChannelSession } from "../../emulator/session/data-channel-options.ts";
import { decideAgentPortFeatures } from "../../emulator/session/port-features.ts";
import { SessionManagerPlugin } from "./session-manager-plugin.ts";

export interface Network {
  /** Random numbers from 0 up to 1. */
  readonly random: () => number;
  /** Acknowledges of the plugin are spared: it never repeats one, so they are lost with their connection or not at all. */
  readonly lossShare: number;
  readonly duplicateShare: number;
  /** Unequal delays reorder. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

interface Flight {
  readonly arrivesAt: number;
  readonly arrive: () => void;
}

const longestConversationMs = 600_000;

/** A data channel and a model of the plugin, joined by an in-memory network whose time is driven by hand. */
export class Conversation {
  readonly channel: DataChannel;
  readonly plugin: SessionManagerPlugin;
  readonly input: number[] = [];
  readonly effects: DataChannelEffect[] = [];
  now = 1_000;
  readonly #network: Network;
  #flights: Flight[] = [];
  #unsent: Uint8Array[] = [];
  #stallsUntil = 0;

  constructor(network: Network, limits: Partial<DataChannelLimits> = {}, port?: ChannelSession) {
    this.#network = network;
    this.channel = new DataChannel({
      sessionId: "session",
      agentVersion: "3.3.0.0",
      newMessageId: () => crypto.randomUUID(),
      limits,
      ...(port !== undefined && { session: port, handshake: "required" }),
    });
    const mode = port && decideAgentPortFeatures(port.properties?.type ?? "", "3.3.0.0", "1.2.0.0").mode;
    this.plugin = new SessionManagerPlugin(mode ?? "shell", (frame) => {
      const isAcknowledge = decodeAgentMessage(frame).messageType === messageType.acknowledge;
      const lossShare = isAcknowledge ? 0 : network.lossShare;
      this.#transmit(lossShare, () => this.#apply(this.channel.receive(frame, this.now)));
    });
  }

  connect(): void {
    this.#apply(this.channel.attachClient(this.now));
  }

  /** Loses all that is on its way. */
  disconnect(): void {
    this.#flights = [];
    this.channel.detachClient();
  }

  /** The client's machine is busy: it hears nothing for a while, then all at once. */
  stall(forMs: number): void {
    this.#stallsUntil = this.now + forMs;
    this.#flights = this.#flights.map(({ arrivesAt, arrive }) => ({
      arrivesAt: Math.max(arrivesAt, this.#stallsUntil),
      arrive,
    }));
  }

  /** The shell prints each chunk as soon as the channel takes it. */
  print(chunks: readonly Uint8Array[]): void {
    this.#unsent.push(...chunks);
    this.#pump();
  }

  acceptInput(): void {
    this.#apply(this.channel.acceptInput(this.now));
  }

  close(output: string): void {
    this.#apply(this.channel.close(output, this.now));
  }

  /** Lets time pass from event to event. */
  runUntil(isDone: () => boolean): void {
    while (!isDone()) {
      if (this.now > longestConversationMs) throw new Error("The conversation does not come to its end");
      this.#step();
    }
  }

  #step(): void {
    const arrivals = this.#flights.map(({ arrivesAt }) => arrivesAt);
    const deadline = this.channel.nextDeadline() ?? Number.POSITIVE_INFINITY;
    this.now = Math.max(this.now, Math.min(deadline, this.plugin.nextTickAt(), ...arrivals));
    const due = this.#flights.filter(({ arrivesAt }) => arrivesAt <= this.now);
    this.#flights = this.#flights.filter(({ arrivesAt }) => arrivesAt > this.now);
    due.sort((one, other) => one.arrivesAt - other.arrivesAt);
    for (const { arrive } of due) arrive();
    this.#apply(this.channel.onDeadline(this.now));
    if (this.now >= this.plugin.nextTickAt()) this.plugin.tick(this.now);
  }

  #apply(effects: readonly DataChannelEffect[]): void {
    for (const effect of effects) {
      if (effect.type === "send") {
        this.#transmit(this.#network.lossShare, () => this.plugin.receive(effect.frame, this.now));
      } else this.effects.push(effect);
      if (effect.type === "input") this.input.push(...effect.bytes);
      if (effect.type === "writable") this.#pump();
    }
  }

  #pump(): void {
    while (this.channel.writable) {
      const chunk = this.#unsent.shift();
      if (chunk === undefined) return;
      this.#apply(this.channel.sendOutput(chunk, this.now));
    }
  }

  #transmit(lossShare: number, arrive: () => void): void {
    const { random, duplicateShare, minDelayMs, maxDelayMs } = this.#network;
    const copies = random() < lossShare ? 0 : random() < duplicateShare ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delayMs = Math.round(minDelayMs + random() * (maxDelayMs - minDelayMs));
      const arrivesAt = Math.max(this.now + delayMs, this.#stallsUntil);
      this.#flights.push({ arrivesAt, arrive });
    }
  }
}
