import type { DecisionStep } from "../access/decision.ts";
import type { Clock } from "../clock.ts";
import type { StartRefusal } from "./decide-shell.ts";
import type { PluginStart, SessionPlugin } from "./session-plugin.ts";

export interface PluginRunOptions {
  /** By which the agent sleeps. */
  readonly clock: Clock;
  /** How long it sleeps before it reports that a shell could not be started. */
  readonly startErrorDelayMs: number;
  /** The node has answered; called before anything of the plugin is to be seen. */
  readonly onDecided: (start: PluginStart) => void;
  readonly onStarted: (plugin: SessionPlugin) => void;
  /** The start was refused, and the agent has slept over it. */
  readonly onRefused: (refusal: StartRefusal) => void;
  readonly onFailed: (error: unknown) => void;
  /** Shows something of a refusal to the client ahead of the end. */
  readonly show: (part: NonNullable<StartRefusal["shown"]>[number]) => void;
}

/** A session plugin from its start to the end of all that it has on the node. */
export class PluginRun {
  readonly #options: PluginRunOptions;
  #plugin: SessionPlugin | undefined;
  /** Until the node has answered. */
  #deciding: Promise<unknown> | undefined;
  /** Settles when the node has opened what the session is about, or failed to. */
  #starting: Promise<void> = Promise.resolve();
  #hasEnded = false;
  /** The session ends before the plugin has started. */
  readonly #giveUp = new AbortController();
  #endSleep: () => void = () => {};

  constructor(options: PluginRunOptions) {
    this.#options = options;
  }

  get plugin(): SessionPlugin | undefined {
    return this.#plugin;
  }

  /** Resolves when a start that is in progress is decided; undefined when none is. */
  get deciding(): Promise<unknown> | undefined {
    return this.#deciding;
  }

  start(open: (signal: AbortSignal) => Promise<PluginStart>): void {
    const deciding = open(this.#giveUp.signal);
    this.#deciding = deciding;
    this.#starting = this.#await(deciding).catch((error: unknown) => {
      if (!this.#hasEnded) this.#options.onFailed(error);
    });
  }

  /** Resolves when nothing of the plugin is left on the node. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#giveUp.abort();
    this.#endSleep();
    await this.#starting;
    await this.#plugin?.terminate();
  }

  async #await(deciding: Promise<PluginStart>): Promise<void> {
    const start = await deciding.finally(() => {
      this.#deciding = undefined;
    });
    if (start.type === "started") {
      this.#plugin = start.plugin;
      if (this.#hasEnded) return;
      this.#options.onDecided(start);
      this.#options.onStarted(start.plugin);
      return;
    }
    this.#options.onDecided(start);
    await this.#refuse(start);
  }

  async #refuse(refusal: StartRefusal): Promise<void> {
    const { startErrorDelayMs, show, onRefused } = this.#options;
    if (refusal.delayed) await this.#sleep(startErrorDelayMs);
    if (refusal.shown !== undefined) {
      // The agent sleeps one second here and two there.
      await this.#sleep(startErrorDelayMs / 2);
      if (!this.#hasEnded) refusal.shown.forEach(show);
    }
    if (!this.#hasEnded) onRefused(refusal);
  }

  /** Ends early when the session does. */
  async #sleep(delayMs: number): Promise<void> {
    if (this.#hasEnded) return;
    const { clock } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.at(clock.now() + delayMs, resolve);
    this.#endSleep = () => {
      cancel();
      resolve();
    };
    await promise;
  }
}

/** What the decision says of a start, besides its steps. */
export function describeStart(start: PluginStart): {
  readonly outcome: "run" | "refused";
  readonly runAsUser?: string;
  readonly refusal?: string;
  readonly steps: readonly DecisionStep[];
} {
  return start.type === "started"
    ? { steps: start.steps, outcome: "run", runAsUser: start.userName }
    : { steps: start.steps, outcome: "refused", refusal: refusalText(start) };
}

function refusalText({ output, shown = [] }: StartRefusal): string {
  return output === "" ? shown.map(({ text }) => text).join("\n") : output;
}
