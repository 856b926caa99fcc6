import { connect } from "node:net";
import { Duplex } from "node:stream";
import type { UserLookup } from "../../emulator/access/user-lookup.ts";
import type {
  ManagedNode,
  PipedProcess,
  PipedProcessOptions,
  ProcessExit,
  ProcessOptions,
  SocketAddress,
  TerminalProcess,
} from "../../emulator/agent/managed-node.ts";
import { ManagedNodeError } from "../../emulator/errors.ts";
import type { TerminalSize } from "../../emulator/protocol/terminal-size.ts";

/** A managed node in memory: users by name, and terminals that do what the test says. */
export class FakeNode implements ManagedNode {
  readonly nodeId: string;
  /** What was asked of the node, in order. */
  readonly calls: string[] = [];
  readonly opened: ProcessOptions[] = [];
  readonly terminals: FakeTerminal[] = [];
  readonly processes: FakeProcess[] = [];
  /** Addresses by host name. */
  readonly hosts: Map<string, readonly string[]>;
  /** Local ports, where something really listens, by `ADDRESS:PORT` on the node; nothing listens elsewhere. */
  readonly ports: Map<string, number>;
  /** Fails what opens a terminal. */
  failure: Error | undefined;
  /** Until it resolves, no terminal opens. */
  opening: Promise<void> = Promise.resolve();
  readonly #users: Map<string, number>;

  /** Users by name with their uid, which is also their gid. */
  constructor(users: Readonly<Record<string, number>> = { alice: 1500 }, nodeId = "i-0a1b2c3d4e5f60718") {
    this.nodeId = nodeId;
    this.#users = new Map(Object.entries(users));
    this.hosts = new Map([["localhost", ["127.0.0.1"]]]);
    this.ports = new Map();
  }

  async lookUpUser(words: readonly string[]): Promise<UserLookup> {
    const name = words.join(" ");
    this.calls.push(`id ${name}`);
    const uid = this.#users.get(name);
    const missing = { exitCode: 1, stdout: "" };
    if (uid === undefined) return { id: missing, uid: missing, gid: missing };
    const answer = (stdout: string) => ({ exitCode: 0, stdout: `${stdout}\n` });
    const entry = `${uid}(${name})`;
    return {
      id: answer(`uid=${entry} gid=${entry} groups=${entry}`),
      uid: answer(`${uid}`),
      gid: answer(`${uid}`),
    };
  }

  async ensureSsmUser(): Promise<void> {
    this.calls.push("ensure ssm-user");
    this.#users.set("ssm-user", 1001);
  }

  async openTerminal(options: ProcessOptions): Promise<TerminalProcess> {
    this.calls.push(`open ${options.argv.join(" ")}`);
    await this.opening;
    if (this.failure !== undefined) throw this.failure;
    const terminal = new FakeTerminal();
    this.opened.push(options);
    this.terminals.push(terminal);
    return terminal;
  }

  async openProcess(options: PipedProcessOptions): Promise<PipedProcess> {
    this.calls.push(`run ${options.argv.join(" ")}`);
    await this.opening;
    if (this.failure !== undefined) throw this.failure;
    const process = new FakeProcess();
    this.opened.push(options);
    this.processes.push(process);
    return process;
  }

  async resolveHost(host: string): Promise<readonly string[]> {
    this.calls.push(`resolve ${host}`);
    return this.hosts.get(host) ?? [];
  }

  dial({ address, port }: SocketAddress): Duplex {
    this.calls.push(`dial ${address} ${port}`);
    const localPort = this.ports.get(`${address}:${port}`);
    if (localPort !== undefined) return connect(localPort, "127.0.0.1");
    const refused = new ManagedNodeError("The node could not connect", {
      cause: "connection refused",
      code: "ECONNREFUSED",
    });
    return new Duplex({ read() {}, construct: (done) => done(refused) });
  }

  /** The process of the only session. @throws Error before there is one */
  get process(): FakeProcess {
    const [process] = this.processes;
    if (process === undefined) throw new Error("no process was opened");
    return process;
  }

  /** The terminal of the only session. @throws Error before there is one */
  get terminal(): FakeTerminal {
    const [terminal] = this.terminals;
    if (terminal === undefined) throw new Error("no terminal was opened");
    return terminal;
  }
}

/** A terminal whose process is the test itself. */
export class FakeTerminal implements TerminalProcess {
  onOutput: (bytes: Uint8Array) => void = () => {};
  onEnd: () => void = () => {};
  /** Input and sizes in the order in which they took effect. */
  readonly received: string[] = [];
  isPaused = false;
  isTerminated = false;
  /** Fails whatever is asked of the terminal. */
  failure: ManagedNodeError | undefined;
  /** Until it resolves, no input is taken. */
  taking: Promise<void> = Promise.resolve();
  /** Until it resolves, something of the process is left. */
  ending: Promise<void> = Promise.resolve();
  #hasEnded = false;
  #waiting: Uint8Array[] = [];

  async write(bytes: Uint8Array): Promise<void> {
    await this.taking;
    if (this.failure !== undefined) throw this.failure;
    this.received.push(Buffer.from(bytes).toString());
  }

  async resize({ columns, rows }: TerminalSize): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.received.push(`${columns}x${rows}`);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.onOutput(next);
      if (this.isPaused) return;
    }
  }

  async terminate(): Promise<void> {
    await this.ending;
    this.isTerminated = true;
    if (this.failure !== undefined) throw this.failure;
    this.end();
  }

  /** The process prints; while the terminal is paused, what it prints waits. */
  print(output: string | Uint8Array): void {
    const bytes = Buffer.from(output);
    if (this.isPaused) this.#waiting.push(bytes);
    else this.onOutput(bytes);
  }

  /** The process ends by itself. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.onEnd();
  }
}

/** A process without a terminal, which is the test itself. */
export class FakeProcess implements PipedProcess {
  onOutput: (bytes: Uint8Array, from: "stdout" | "stderr") => void = () => {};
  onEnd: (exit: ProcessExit) => void = () => {};
  readonly signals: string[] = [];
  isPaused = false;
  isTerminated = false;
  #hasEnded = false;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  async signal(name: string): Promise<void> {
    this.signals.push(name);
  }

  async terminate(): Promise<void> {
    this.isTerminated = true;
    this.end({ type: "killed", signal: "SIGKILL" });
  }

  print(text: string, from: "stdout" | "stderr" = "stdout"): void {
    this.onOutput(Buffer.from(text), from);
  }

  /** The process ends by itself. */
  end(exit: ProcessExit = { type: "exited", code: 0 }): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.onEnd(exit);
  }
}

/** As a node engine reports that its node is gone. */
export function nodeGone(message = "the node is gone"): ManagedNodeError {
  return new ManagedNodeError(message, { cause: new Error("connect ECONNREFUSED") });
}
