import type { Seed } from "../../emulator/seed/seed-schema.ts";
import type { Credentials } from "../credentials.ts";
import type { EmulatorHandle } from "../emulator-handle.ts";
import type { TerminalSession } from "../terminal-session.ts";
import { callAws } from "./aws-call.ts";
import { fillPlaceholders } from "./placeholders.ts";
import { Recorder } from "./recorder.ts";
import { StepFailure } from "./step-failure.ts";

type SessionRequest = Parameters<EmulatorHandle["startSession"]>[0];

/** What a scenario runs in: its emulator, and what its steps have made so far. */
export class World {
  readonly emulator: EmulatorHandle;
  readonly #seed: Seed;
  readonly #credentials = new Map<string, Credentials>();
  /** By name; the newest of a name, the one started last at the end. */
  readonly #sessions = new Map<string, TerminalSession>();
  readonly #recordings = new Map<TerminalSession, Recorder>();

  constructor(emulator: EmulatorHandle, seed: Seed) {
    this.emulator = emulator;
    this.#seed = seed;
  }

  /** Every session that was started, in that order. */
  get sessions(): readonly TerminalSession[] {
    return [...this.#recordings.keys()];
  }

  /** Who acts under that name: a persona of the account, or one that a step has made. */
  persona(name: string): string | Credentials {
    return this.#credentials.get(name) ?? name;
  }

  addPersona(name: string, credentials: Credentials): void {
    this.#credentials.set(name, credentials);
  }

  /** Starts a session that later steps know by that name. */
  async startSession(name: string, request: SessionRequest): Promise<TerminalSession> {
    const recorder = new Recorder(name, request.size);
    const onOutput = (text: string) => recorder.output(text);
    const session = await this.emulator.startSession({ ...request, onOutput });
    this.#recordings.set(session, recorder);
    this.nameSession(name, session);
    return session;
  }

  /** Makes it the newest session of that name, and the one started last. */
  nameSession(name: string, session: TerminalSession): void {
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
  }

  /** The session that was started last. */
  get latest(): TerminalSession | undefined {
    return [...this.#sessions.values()].at(-1);
  }

  /** The session of that name; without one, the session that was started last. @throws StepFailure */
  session(name: string | undefined): TerminalSession {
    const session = name === undefined ? this.latest : this.#sessions.get(name);
    if (session === undefined) throw new StepFailure(`There is no session ${name ?? "yet"}.`);
    return session;
  }

  /** The node of that name or id; without one, the only node. */
  node(name: string | undefined): string {
    return name ?? this.#seed.nodes[0]?.name ?? "";
  }

  /** What its terminal has shown; every session is recorded. */
  recordingOf(session: TerminalSession): Recorder | undefined {
    return this.#recordings.get(session);
  }

  /** Recordings in the order of their sessions. */
  get recordings(): readonly Recorder[] {
    return [...this.#recordings.values()];
  }

  /** Calls an operation such as `ssm:DescribeSessions`. @throws what the SDK throws */
  async call(operation: string, input: object, as = "root"): Promise<object> {
    const { url, region } = this.emulator;
    const persona = this.persona(as);
    const credentials = typeof persona === "string" ? await this.emulator.credentials(persona) : persona;
    return await callAws({ endpoint: url, region, credentials }, operation, input);
  }

  /** The value with what `${node.web-1}` and the like stand for. @throws StepFailure */
  fill<Value>(value: Value): Value {
    return fillPlaceholders(value, (name) => this.#resolve(name)) as Value;
  }

  #resolve(name: string): string {
    if (name === "account") return this.emulator.accountId;
    if (name === "region") return this.emulator.region;
    const [kind, target] = name.split(/\.(.*)/s);
    const found =
      kind === "node"
        ? this.#seed.nodes.find((node) => node.name === target)?.id
        : this.#sessions.get(target ?? "")?.sessionId;
    if (found === undefined) throw new StepFailure(`There is nothing that \${${name}} could stand for.`);
    return found;
  }
}
