import type { Seed } from "../../emulator/seed/seed-schema.ts";
import { didYouMean } from "../../emulator/yaml-file/did-you-mean.ts";
import { type FilePath, type FileProblem, showValue } from "../../emulator/yaml-file/file-problem.ts";
import { findPlaceholders } from "./placeholders.ts";

/** A persona that a step makes, and out of whom. */
export interface MadePersona {
  readonly line: number;
  readonly as: string;
}

const nodeIdPattern = /^(i|mi)-[0-9a-f]{8,17}$/;

/** The names that are known at one step of a scenario; what a step says about others is a problem. */
export class Scope {
  readonly problems: FileProblem[] = [];
  readonly #seed: Seed;
  readonly #users: Set<string>;
  readonly #roles: Set<string>;
  readonly #sessions = new Set<string>();
  readonly #faults = new Set<string>();
  readonly #made = new Map<string, MadePersona>();
  /** Personas of the whole scenario, so that a message can say where one is made too late. */
  readonly #later: ReadonlyMap<string, MadePersona>;
  #at: FilePath = [];
  #line = 1;

  constructor(seed: Seed, later: ReadonlyMap<string, MadePersona> = new Map()) {
    this.#seed = seed;
    this.#later = later;
    this.#users = new Set(seed.users.map(({ name }) => name));
    this.#roles = new Set(seed.roles.map(({ name }) => name));
  }

  /** Personas that the steps so far have made. */
  get made(): ReadonlyMap<string, MadePersona> {
    return this.#made;
  }

  /** Goes on to the step at that path. */
  enter(path: FilePath, line: number): void {
    this.#at = path;
    this.#line = line;
  }

  addUser(name: string): void {
    this.#users.add(name);
  }

  addRole(name: string): void {
    this.#roles.add(name);
  }

  addSession(name: string): void {
    this.#sessions.add(name);
  }

  addFault(name: string): void {
    this.#faults.add(name);
  }

  /** A persona that this step makes, and out of whom. */
  addPersona(name: string, as: string): void {
    if (name === "root" || this.#users.has(name)) {
      this.report(["called"], "a name that no IAM user has", showValue(name));
    }
    const circle = this.#circle(name, as);
    if (circle === undefined) this.persona(["as"], as);
    else this.report(["as"], "a persona that exists by then", `a circle: ${circle.join(" from ")}`);
    this.#made.set(name, { line: this.#line, as });
  }

  /** A persona that must be there by now. */
  persona(path: FilePath, name: string): void {
    if (this.#isPersona(name)) return;
    const known = ["root", ...this.#users, ...this.#made.keys()];
    const later = this.#later.get(name);
    const hint = later === undefined ? didYouMean(name, known) : `, which only line ${later.line} makes`;
    this.report(path, `a persona: ${known.join(", ")}`, `${showValue(name)}${hint}`);
  }

  user(path: FilePath, name: string): void {
    this.#expectKnown(path, { kind: "an IAM user", known: [...this.#users] }, name);
  }

  role(path: FilePath, name: string): void {
    this.#expectKnown(path, { kind: "a role", known: [...this.#roles] }, name);
  }

  /** Undefined: the only node. */
  node(path: FilePath, name: string | undefined): void {
    const known = this.#seed.nodes.map((node) => node.name);
    if (name === undefined) {
      if (known.length === 1) return;
      const found = known.length === 0 ? "a scenario without nodes" : "nothing";
      this.report([], `on, with a node${known.length === 0 ? "" : `: ${known.join(", ")}`}`, found);
    } else if (!nodeIdPattern.test(name)) {
      this.#expectKnown(path, { kind: "a node", known }, name);
    }
  }

  /** Undefined: the session that was started last. */
  session(path: FilePath, name: string | undefined): void {
    if (name !== undefined) {
      this.#expectKnown(path, { kind: "a session", known: [...this.#sessions] }, name);
    } else if (this.#sessions.size === 0) {
      this.report([], "a session that was started before", "none");
    }
  }

  fault(path: FilePath, name: string): void {
    this.#expectKnown(path, { kind: "a fault", known: [...this.#faults] }, name);
  }

  /** Texts in which `${…}` stands for what is known only when the scenario runs. */
  placeholders(path: FilePath, value: unknown): void {
    for (const { path: inner, name } of findPlaceholders(value)) {
      const [kind = "", target = ""] = name.split(/\.(.*)/s);
      const at = [...path, ...inner];
      if (kind === "node") this.node(at, target);
      else if (kind === "session") this.session(at, target);
      else if (name !== "account" && name !== "region") {
        this.report(at, `\${account}, \${region}, \${node.NAME} or \${session.NAME}`, `"\${${name}}"`);
      }
    }
  }

  report(path: FilePath, expected: string, found: string): void {
    this.problems.push({ path: [...this.#at, ...path], isAboutName: false, expected, found });
  }

  #expectKnown(
    path: FilePath,
    { kind, known }: { readonly kind: string; readonly known: readonly string[] },
    name: string,
  ): void {
    if (known.includes(name)) return;
    const expected =
      known.length === 0 ? `${kind} of this scenario, which has none` : `${kind}: ${known.join(", ")}`;
    this.report(path, expected, `${showValue(name)}${didYouMean(name, known)}`);
  }

  #isPersona(name: string): boolean {
    return name === "root" || this.#users.has(name) || this.#made.has(name);
  }

  /** The way from a persona over those that it is made from back to itself, if there is one. */
  #circle(name: string, as: string): readonly string[] | undefined {
    const way = [name];
    let next: string | undefined = as;
    while (next !== undefined && !this.#isPersona(next) && !way.slice(1).includes(next)) {
      way.push(next);
      if (next === name) return way;
      next = this.#later.get(next)?.as;
    }
    return undefined;
  }
}
