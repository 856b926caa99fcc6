import { setTimeout as pause } from "node:timers/promises";
import { prompt, type Shell, shows, timeTyping } from "./shell.ts";

/** So many shells are being opened at a time. */
export const openedAtOnce = 8;
/** In each shell a key is typed this often, all shells spread evenly over that time. */
const typingIntervalMs = 500;
const keysPerBatch = 2;

/** Shells that are open at once, and what was measured of them. */
export class Crowd {
  readonly echoMs: number[] = [];
  readonly #open: () => Promise<Shell>;
  readonly #shells: Shell[] = [];
  #openingMs = 0;

  constructor(open: () => Promise<Shell>) {
    this.#open = open;
  }

  get openedPerSecond(): number {
    return this.#shells.length / (this.#openingMs / 1000);
  }

  /** Opens more shells to their prompts. */
  async open(count: number): Promise<void> {
    const startedAt = performance.now();
    let left = count;
    const openSome = async () => {
      while (left-- > 0) {
        const shell = await this.#open();
        this.#shells.push(shell);
        await shows(shell, prompt);
      }
    };
    await Promise.all(Array.from({ length: openedAtOnce }, openSome));
    this.#openingMs += performance.now() - startedAt;
  }

  /** Types a key in each shell, then another, spread evenly over the time. */
  async typeEverywhere(): Promise<void> {
    const typeIn = async (shell: Shell, index: number) => {
      await pause((index / this.#shells.length) * typingIntervalMs);
      for (let key = 0; key < keysPerBatch; key += 1) {
        this.echoMs.push((await timeTyping(shell, "x", "x")).elapsedMs);
        await pause(typingIntervalMs);
      }
    };
    await Promise.all(this.#shells.map(typeIn));
  }

  async leave(): Promise<void> {
    await Promise.all(this.#shells.map((shell) => shell[Symbol.asyncDispose]()));
  }
}
