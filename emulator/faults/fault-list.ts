import { randomInt } from "node:crypto";
import { ConfigError } from "../errors.ts";
import type { Fault, FaultType } from "./fault.ts";
import { seededRandom } from "./seeded-random.ts";

/** More at once are a mistake: each is asked at each frame. */
const maxFaults = 100;

/** A fault in force: it rolls its dice, and counts how often it has struck. */
export class ActiveFault {
  readonly fault: Fault;
  /** Of its chances, so that a run can be repeated. */
  readonly seed: number;
  readonly random: () => number;
  #strikes = 0;

  constructor(fault: Fault, seed: number) {
    this.fault = fault;
    this.seed = seed;
    this.random = seededRandom(seed);
  }

  get strikes(): number {
    return this.#strikes;
  }

  /** It has struck as often as it may. */
  get isOver(): boolean {
    return this.#strikes >= (this.fault.count ?? Number.POSITIVE_INFINITY);
  }

  /** One chance: whether it strikes. */
  strike(): boolean {
    if (this.isOver || this.random() >= (this.fault.toxicity ?? 1)) return false;
    this.#strikes += 1;
    return true;
  }
}

/** The faults in force, by their names and in the order in which they were added. */
export class FaultList {
  readonly #faults = new Map<string, ActiveFault>();
  readonly #listeners = new Set<() => void>();
  readonly #newSeed: () => number;

  constructor(newSeed: () => number = () => randomInt(2 ** 32)) {
    this.#newSeed = newSeed;
  }

  get all(): readonly ActiveFault[] {
    return [...this.#faults.values()];
  }

  get isEmpty(): boolean {
    return this.#faults.size === 0;
  }

  /** Those of one type. */
  ofType(type: FaultType): readonly ActiveFault[] {
    return this.isEmpty ? [] : this.all.filter(({ fault }) => fault.type === type);
  }

  /** @throws ConfigError when the name is taken, or there are too many */
  add(fault: Fault): ActiveFault {
    if (this.#faults.has(fault.name)) {
      throw new ConfigError(`There is a fault ${fault.name} already; give this one another name.`);
    }
    if (this.#faults.size >= maxFaults) {
      throw new ConfigError(`There are ${maxFaults} faults already; remove some.`);
    }
    const active = new ActiveFault(fault, fault.seed ?? this.#newSeed());
    this.#faults.set(fault.name, active);
    this.#tell();
    return active;
  }

  /** False: there is none of that name. */
  remove(name: string): boolean {
    const isRemoved = this.#faults.delete(name);
    if (isRemoved) this.#tell();
    return isRemoved;
  }

  clear(): void {
    if (this.isEmpty) return;
    this.#faults.clear();
    this.#tell();
  }

  /** Calls back at each change. Calling the result ends this. */
  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
