import type { EpochMillis } from "../clock.ts";
import { ProtocolError } from "../errors.ts";
import {
  encodeSmuxData,
  encodeSmuxFrame,
  type SmuxCommand,
  type SmuxFrame,
  SmuxFrameDecoder,
  smuxCommand,
} from "../protocol/smux-frame.ts";
import type { SmuxEffect } from "./smux-effect.ts";
import { SmuxKeepAlive } from "./smux-keep-alive.ts";

export type { SmuxEffect } from "./smux-effect.ts";

export interface SmuxSessionOptions {
  /** The client numbers its streams 3, 5, 7 and so on; the server, which in port sessions opens none, 2, 4, 6. */
  readonly role: "client" | "server";
  /** Epoch milliseconds of the start; undefined: the session sends no keep-alives and waits for none. */
  readonly keepAliveFrom: EpochMillis | undefined;
}

/** Bytes of data in a frame that is sent; received ones may be larger. */
const maxFrameDataBytes = 32 * 1024;
/** Bytes given out and not yet consumed. */
const receiveBudgetBytes = 4 * 1024 * 1024;
const firstStreamId = { client: 3, server: 2 } as const;
const noData = new Uint8Array(0);

/**
 * One end of a smux session, version 1: any number of streams in one stream of bytes. Both ends are alike.
 * The version knows no window per stream: a stream whose data is not consumed at last stops the reading of all.
 * @see data-channel reference, section 10.2
 */
export class SmuxSession {
  readonly #decoder = new SmuxFrameDecoder();
  readonly #streams = new Set<number>();
  readonly #keepAlive: SmuxKeepAlive | undefined;
  #nextStreamId: number;
  #unconsumedBytes = 0;
  #hasFailed = false;
  #effects: SmuxEffect[] = [];

  constructor(options: SmuxSessionOptions) {
    this.#nextStreamId = firstStreamId[options.role];
    if (options.keepAliveFrom !== undefined) this.#keepAlive = new SmuxKeepAlive(options.keepAliveFrom);
  }

  /** False once the session has failed: it opens no streams any more. */
  get isAlive(): boolean {
    return !this.#hasFailed;
  }

  /** Whether data can still be sent on the stream. */
  isOpen(streamId: number): boolean {
    return this.#streams.has(streamId);
  }

  /** False from when the peer's bytes should be held back until the effect `readable`. Those given still count. */
  get isReadable(): boolean {
    return this.#unconsumedBytes < receiveBudgetBytes;
  }

  /** Opens a stream. There is no answer to wait for: the peer closes it when it has no use for it. */
  open(): { readonly streamId: number; readonly effects: SmuxEffect[] } {
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    if (this.#hasFailed) return { streamId, effects: [{ type: "closed", streamId }] };
    this.#streams.add(streamId);
    this.#send(smuxCommand.synchronize, streamId);
    return { streamId, effects: this.#settle() };
  }

  /** Sends data on a stream; one that is closed throws it away. */
  send(streamId: number, data: Uint8Array): SmuxEffect[] {
    if (!this.#streams.has(streamId) || data.length === 0) return [];
    return [{ type: "send", bytes: encodeSmuxData(streamId, data, maxFrameDataBytes) }];
  }

  /** Closes a stream both ways: what the peer still sends on it is thrown away. */
  close(streamId: number): SmuxEffect[] {
    if (this.#streams.delete(streamId)) this.#send(smuxCommand.finish, streamId);
    return this.#settle();
  }

  /** Takes bytes of the peer, however they are cut; the data given out may be views of them. */
  receive(bytes: Uint8Array, now: EpochMillis): SmuxEffect[] {
    if (this.#hasFailed) return [];
    try {
      for (const frame of this.#decoder.decode(bytes)) {
        this.#keepAlive?.heard(now);
        this.#take(frame);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error.message);
    }
    return this.#settle();
  }

  /** So many bytes of what was given out, of whichever stream, need no more memory. */
  consumed(byteCount: number, now: EpochMillis): SmuxEffect[] {
    const wasReadable = this.isReadable;
    this.#unconsumedBytes -= byteCount;
    if (!wasReadable && this.isReadable) {
      // The peer was not silent: it was not heard.
      this.#keepAlive?.heard(now);
      this.#effects.push({ type: "readable" });
    }
    return this.#settle();
  }

  /** When {@link onDeadline} is next due; undefined when nothing is waited for. */
  nextDeadline(): EpochMillis | undefined {
    if (this.#hasFailed) return undefined;
    return this.#keepAlive?.nextDeadline();
  }

  onDeadline(now: EpochMillis): SmuxEffect[] {
    if (this.#keepAlive === undefined || this.#hasFailed) return [];
    if (this.#keepAlive.findsSilence(now) && this.isReadable)
      this.#fail("The peer has sent nothing for 30 seconds");
    else if (this.#keepAlive.takeTurn(now)) this.#send(smuxCommand.keepAlive, 0);
    return this.#settle();
  }

  #take({ command, streamId, data }: SmuxFrame): void {
    switch (command) {
      case smuxCommand.synchronize:
        if (this.#streams.has(streamId)) break;
        this.#streams.add(streamId);
        this.#effects.push({ type: "opened", streamId });
        break;
      case smuxCommand.push:
        if (!this.#streams.has(streamId) || data.length === 0) break;
        this.#unconsumedBytes += data.length;
        this.#effects.push({ type: "data", streamId, data });
        break;
      case smuxCommand.finish:
        if (!this.#streams.delete(streamId)) break;
        this.#effects.push({ type: "closed", streamId });
        this.#send(smuxCommand.finish, streamId);
        break;
      case smuxCommand.keepAlive:
        break;
    }
  }

  #send(command: SmuxCommand, streamId: number): void {
    this.#effects.push({ type: "send", bytes: encodeSmuxFrame({ command, streamId, data: noData }) });
  }

  #fail(reason: string): void {
    this.#hasFailed = true;
    for (const streamId of this.#streams) this.#effects.push({ type: "closed", streamId });
    this.#streams.clear();
    this.#effects.push({ type: "failed", reason });
  }

  #settle(): SmuxEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
