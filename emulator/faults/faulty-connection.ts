import type { AttachedClient, ClientConnection } from "../agent/client-connection.ts";
import type { Clock } from "../clock.ts";
import { DeadlineTimer } from "../deadline-timer.ts";
import type { FaultStream } from "./fault.ts";
import type { ActiveFault, FaultList } from "./fault-list.ts";
import { FaultyLink, type LinkEvent } from "./faulty-link.ts";

export interface FaultyConnectionOptions {
  readonly clock: Clock;
  readonly faults: FaultList;
  /** Whether a fault is for the session of this connection. */
  readonly isFor: (active: ActiveFault) => boolean;
  readonly killNode: () => void;
}

/** Stands between a client and its session, and does to their frames what the faults in force say. */
export class FaultyConnection {
  readonly #options: FaultyConnectionOptions;
  readonly #connection: ClientConnection;
  readonly #down = new FaultyLink();
  readonly #up = new FaultyLink();
  readonly #timer: DeadlineTimer;
  readonly #stopListening: () => void;
  #client: AttachedClient | undefined;
  #isOver = false;

  constructor(connection: ClientConnection, options: FaultyConnectionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#timer = new DeadlineTimer(options.clock, () => this.#deliver());
    this.#stopListening = options.faults.onChange(() => this.#face());
    this.#face();
  }

  /** What the session sees in the client's place. */
  readonly towardsClient: ClientConnection = {
    send: (frame) => {
      if (this.#isOver) return;
      if (this.#down.isClear) return this.#connection.send(frame);
      this.#down.push(frame, this.#now);
      this.#deliver();
    },
    close: () => {
      if (this.#down.isClear) return this.#connection.close();
      this.#down.close(this.#now);
      this.#deliver();
    },
    cut: () => this.#connection.cut(),
    fail: (error) => this.#connection.fail(error),
  };

  /** What the client is given for the session. */
  towards(client: AttachedClient): AttachedClient {
    this.#client = client;
    return {
      receive: (frame) => {
        if (this.#up.isClear) return client.receive(frame);
        this.#up.push(frame, this.#now);
        this.#deliver();
      },
      lost: () => {
        this.abandon();
        client.lost();
      },
    };
  }

  /** Nothing passes any more. */
  abandon(): void {
    this.#isOver = true;
    this.#stopListening();
    this.#timer.arm(undefined);
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #face(): void {
    const { faults, isFor } = this.#options;
    const concerned = faults.all.filter((active) => isFor(active));
    const of = (stream: FaultStream) =>
      concerned.filter(({ fault }) => fault.type === "agent_offline" || fault.stream === stream);
    this.#down.face(of("downstream"), this.#now);
    this.#up.face(of("upstream"), this.#now);
    this.#arm();
  }

  /** What a late frame breaks is its own connection's trouble: neither the session's nor a timer's. */
  #deliver(): void {
    try {
      for (const event of this.#down.take(this.#now))
        this.#happen(event, (frame) => this.#connection.send(frame));
      for (const event of this.#up.take(this.#now))
        this.#happen(event, (frame) => this.#client?.receive(frame));
    } catch (error) {
      this.abandon();
      this.#connection.fail(error);
    }
    this.#arm();
  }

  #happen(event: LinkEvent, deliver: (frame: Uint8Array) => void): void {
    if (this.#isOver) return;
    switch (event.type) {
      case "frame":
        deliver(event.frame);
        break;
      case "close":
        this.#connection.close();
        break;
      case "cut":
        this.#connection.cut();
        break;
      case "node-dies":
        // Its end sends to the client, too: not ahead of what is being delivered.
        queueMicrotask(this.#options.killNode);
        break;
    }
  }

  #arm(): void {
    if (this.#isOver) return;
    const times = [this.#down.nextAt, this.#up.nextAt].filter((time) => time !== undefined);
    this.#timer.arm(times.length === 0 ? undefined : Math.min(...times));
  }
}
