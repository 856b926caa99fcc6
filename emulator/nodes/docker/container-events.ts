import type Docker from "dockerode";
import type { Clock } from "../../clock.ts";
import { nodeError } from "../node-error.ts";
import { ownerLabel } from "./node-container.ts";

const reconnectAfterMs = 1_000;

export interface ContainerEventHandlers {
  /** `start`, `die`, `pause` or `unpause`. */
  readonly onEvent: (action: string, containerId: string) => void;
  /** The engine stopped answering; events may be missed from now on. */
  readonly onEngineLost: () => void;
  /** It answers again. */
  readonly onEngineBack: () => void;
}

/** Follows what happens to an owner's containers, over restarts of the engine too. */
export class ContainerEvents {
  readonly #engine: Docker;
  readonly #owner: string;
  readonly #clock: Clock;
  readonly #handlers: ContainerEventHandlers;
  #stream: NodeJS.ReadableStream | undefined;
  #cancelReconnect: (() => void) | undefined;
  #isClosed = false;

  /** @throws ManagedNodeError */
  static async open(
    engine: Docker,
    owner: string,
    clock: Clock,
    handlers: ContainerEventHandlers,
  ): Promise<ContainerEvents> {
    const events = new ContainerEvents(engine, owner, clock, handlers);
    try {
      await events.#connect();
    } catch (cause) {
      throw nodeError("The engine does not tell its events", cause);
    }
    return events;
  }

  private constructor(engine: Docker, owner: string, clock: Clock, handlers: ContainerEventHandlers) {
    this.#engine = engine;
    this.#owner = owner;
    this.#clock = clock;
    this.#handlers = handlers;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelReconnect?.();
    destroy(this.#stream);
  }

  async #connect(): Promise<void> {
    const stream = await this.#engine.getEvents({
      filters: {
        type: ["container"],
        label: [`${ownerLabel}=${this.#owner}`],
        event: ["start", "die", "pause", "unpause"],
      },
    });
    if (this.#isClosed) return destroy(stream);
    this.#stream = stream;
    let rest = "";
    stream.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#onLine(line);
    });
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    stream
      .on("end", resolve)
      .on("close", resolve)
      .on("error", () => resolve());
    void ended.then(() => this.#onLost());
  }

  #onLine(line: string): void {
    if (line === "") return;
    const event: { readonly Action: string; readonly Actor: { readonly ID: string } } = JSON.parse(line);
    this.#handlers.onEvent(event.Action, event.Actor.ID);
  }

  #onLost(): void {
    if (this.#isClosed) return;
    this.#handlers.onEngineLost();
    this.#reconnectLater();
  }

  #reconnectLater(): void {
    this.#cancelReconnect = this.#clock.at(this.#clock.now() + reconnectAfterMs, () => {
      this.#connect().then(
        () => this.#handlers.onEngineBack(),
        () => this.#isClosed || this.#reconnectLater(),
      );
    });
  }
}

function destroy(stream: NodeJS.ReadableStream | undefined): void {
  if (stream !== undefined && "destroy" in stream && typeof stream.destroy === "function") stream.destroy();
}
