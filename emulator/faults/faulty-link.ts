import type { EpochMillis } from "../clock.ts";
import { peekMessageType, withWrongDigest } from "../protocol/agent-message.ts";
import { messageType } from "../protocol/message-type.ts";
import { type Fault, type FaultOf, isOfType } from "./fault.ts";
import type { ActiveFault } from "./fault-list.ts";

/** What comes out of a link. */
export type LinkEvent =
  | { readonly type: "frame"; readonly frame: Uint8Array }
  /** The connection breaks, and nothing passes any more. */
  | { readonly type: "cut" }
  | { readonly type: "node-dies" }
  /** The sender has closed the connection, behind all that it sent. */
  | { readonly type: "close" };

interface Due {
  readonly at: EpochMillis;
  readonly event: LinkEvent;
}

/** More than this on its way is lost, as in a network; whoever sent it sends it again. */
const maxBytesOnTheWay = 8 * 1024 * 1024;
/** How long a frame that is to be overtaken waits for the next one. */
const maxHoldMs = 1_000;

/** One direction of one connection, with the faults that it has. Does no I/O: frames go in, and come out when they are due. */
export class FaultyLink {
  /** Faults that were met, each with whether it strikes this connection and since when. */
  readonly #faults = new Map<ActiveFault, { readonly strikes: boolean; readonly since: EpochMillis }>();
  #queue: Due[] = [];
  #queuedBytes = 0;
  #passedBytes = 0;
  /** What keeps its order is not due before this. */
  #inOrderFrom: EpochMillis = 0;
  /** When the bandwidth's limit takes the next byte. */
  #freeFrom: EpochMillis = 0;
  #held: { readonly frame: Uint8Array; readonly until: EpochMillis } | undefined;
  #isCut = false;

  /** Nothing is on its way, and nothing would harm it. */
  get isClear(): boolean {
    return this.#faults.size === 0 && this.#queue.length === 0 && this.#held === undefined && !this.#isCut;
  }

  /** Puts these faults in the place of those there were; one that stays goes on where it was. */
  face(faults: readonly ActiveFault[], now: EpochMillis): void {
    for (const known of [...this.#faults.keys()]) {
      if (!faults.includes(known)) this.#faults.delete(known);
    }
    for (const active of faults) {
      if (this.#faults.has(active)) continue;
      // Those of frames strike anew at each.
      const strikes = !isOfFrames(active.fault) && (active.fault.type === "agent_offline" || active.strike());
      this.#faults.set(active, { strikes, since: now });
    }
  }

  push(frame: Uint8Array, now: EpochMillis): void {
    this.#act(now);
    if (this.#isCut || this.#queuedBytes + frame.length > maxBytesOnTheWay) return;
    this.#passedBytes += frame.length;
    if (this.#striking().some(({ fault }) => isOfType(fault, "timeout", "agent_offline"))) return;
    this.#endAtLimit(now);
    if (this.#isCut) return;
    let sent = frame;
    let copies = 1;
    let alone = 0;
    for (const active of this.#faults.keys()) {
      const { fault } = active;
      if (!isOfFrames(fault) || !concerns(fault, frame) || !active.strike()) continue;
      switch (fault.type) {
        case "drop_frames":
          return;
        case "wrong_digest":
          sent = withWrongDigest(sent);
          break;
        case "duplicate_frames":
          copies += 1;
          break;
        case "delay_frames":
          alone += delayOf(fault, active.random);
          break;
        case "reorder_frames":
          if (this.#held !== undefined) break;
          this.#held = { frame: sent, until: now + maxHoldMs };
          return;
      }
    }
    const at = this.#arrival(sent.length * copies, now);
    for (let copy = 0; copy < copies; copy += 1) this.#enqueue({ type: "frame", frame: sent }, at + alone);
    this.#letGo(at);
  }

  /** The sender closes the connection. */
  close(now: EpochMillis): void {
    this.#letGo(now);
    this.#enqueue({ type: "close" }, this.#arrival(0, now));
  }

  /** What has become due, in its order. */
  take(now: EpochMillis): readonly LinkEvent[] {
    this.#act(now);
    const next = this.#queue.findIndex(({ at }) => at > now);
    const due = this.#queue.splice(0, next < 0 ? this.#queue.length : next);
    for (const { event } of due) if (event.type === "frame") this.#queuedBytes -= event.frame.length;
    return due.map(({ event }) => event);
  }

  /** When there is something to take next. */
  get nextAt(): EpochMillis | undefined {
    const times = [this.#queue[0]?.at, this.#held?.until, ...this.#ends().map(({ at }) => at)];
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Lets happen what time alone brings. */
  #act(now: EpochMillis): void {
    if (this.#held !== undefined && this.#held.until <= now) this.#letGo(now);
    for (const { active, at } of this.#ends()) if (at <= now) this.#end(active, now);
  }

  /** The ends of the connection that only wait for their time. */
  #ends(): { readonly active: ActiveFault; readonly at: EpochMillis }[] {
    if (this.#isCut) return [];
    return [...this.#faults].flatMap(([active, { strikes, since }]) => {
      const { fault } = active;
      if (!strikes || !isOfType(fault, "reset_peer", "timeout", "node_dies")) return [];
      // A timeout of 0 never closes, as Toxiproxy's.
      if (fault.type === "timeout" && fault.attributes.timeout === 0) return [];
      if (fault.type === "node_dies" && fault.attributes.bytes !== undefined) return [];
      return [{ active, at: since + fault.attributes.timeout }];
    });
  }

  #endAtLimit(now: EpochMillis): void {
    for (const active of this.#striking()) {
      const { fault } = active;
      if (!isOfType(fault, "limit_data", "node_dies")) continue;
      const { bytes } = fault.attributes;
      if (bytes !== undefined && this.#passedBytes > bytes) this.#end(active, now);
    }
  }

  #end(active: ActiveFault, now: EpochMillis): void {
    if (this.#isCut) return;
    if (active.fault.type === "node_dies") {
      // The network goes on, and tells the client of it; a node dies once.
      this.#faults.set(active, { strikes: false, since: now });
      this.#enqueue({ type: "node-dies" }, this.#arrival(0, now));
      return;
    }
    this.#isCut = true;
    const isAtOnce = isOfType(active.fault, "reset_peer", "timeout");
    if (isAtOnce) this.#queue = [];
    this.#held = undefined;
    this.#enqueue({ type: "cut" }, isAtOnce ? now : this.#arrival(0, now));
  }

  #striking(): readonly ActiveFault[] {
    return [...this.#faults].filter(([, { strikes }]) => strikes).map(([active]) => active);
  }

  /** When what is sent now arrives, not before what was sent earlier. */
  #arrival(bytes: number, now: EpochMillis): EpochMillis {
    let at = now;
    for (const { fault, random } of this.#striking()) {
      if (fault.type === "latency") at += delayOf(fault, random);
      if (fault.type === "bandwidth") {
        this.#freeFrom = Math.max(now, this.#freeFrom) + bytes / fault.attributes.rate;
        at += Math.ceil(this.#freeFrom - now);
      }
    }
    this.#inOrderFrom = Math.max(this.#inOrderFrom, at);
    return this.#inOrderFrom;
  }

  /** The frame that was to be overtaken goes on its way. */
  #letGo(at: EpochMillis): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    this.#enqueue({ type: "frame", frame: held.frame }, Math.max(at, this.#inOrderFrom));
  }

  #enqueue(event: LinkEvent, at: EpochMillis): void {
    if (event.type === "frame") this.#queuedBytes += event.frame.length;
    const behind = this.#queue.findLastIndex((other) => other.at <= at) + 1;
    this.#queue.splice(behind, 0, { at, event });
  }
}

const frameFaults = [
  "drop_frames",
  "delay_frames",
  "duplicate_frames",
  "reorder_frames",
  "wrong_digest",
] as const;

type FrameFault = FaultOf<(typeof frameFaults)[number]>;

function isOfFrames(fault: Fault): fault is FrameFault {
  return isOfType(fault, ...frameFaults);
}

function concerns(fault: FrameFault, frame: Uint8Array): boolean {
  if (fault.type === "wrong_digest" || fault.attributes.frames === "all") return true;
  const isAcknowledge = peekMessageType(frame) === messageType.acknowledge;
  return isAcknowledge === (fault.attributes.frames === "acknowledge");
}

/** Latency with its jitter, as Toxiproxy's: latency ± jitter, never less than 0. */
function delayOf({ attributes }: FaultOf<"latency" | "delay_frames">, random: () => number): number {
  const { latency, jitter } = attributes;
  return Math.max(0, latency + Math.round((random() * 2 - 1) * jitter));
}
