import type { UserLookup } from "../access/user-lookup.ts";
import type {
  PipedProcess,
  PipedProcessOptions,
  ProcessOptions,
  SocketAddress,
  TerminalProcess,
} from "../agent/managed-node.ts";
import type { Clock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";
import type { HelperChannel } from "./helper-channel.ts";
import { helperConnection } from "./helper-connection.ts";
import { HelperTerminal } from "./helper-terminal.ts";
import type { MarkedProcess } from "./mark-scans.ts";
import { nodeErrorWithCode } from "./node-error.ts";
import type { NodeExec } from "./node-exec.ts";
import { NodeHelper } from "./node-helper.ts";
import type { Connection, ConnectionSink, MarkedSession, NodeProcesses } from "./node-processes.ts";
import { PipedRun } from "./piped-run.ts";
import type { ProcessRunOptions } from "./process-run.ts";

/** Of a few milliseconds' work, for which there is another way. */
const signalTimeoutMs = 1_000;

/** The quick way to processes and connections: one helper on the node, started anew when it was lost. */
export class HelperProcesses implements NodeProcesses {
  readonly #exec: NodeExec;
  readonly #clock: Clock;
  readonly #filesFolder: () => string | undefined;
  #helper: Promise<NodeHelper> | undefined;
  /** The one that did not answer once, and is not asked to signal again. */
  #silent: Promise<NodeHelper> | undefined;

  /** @param filesFolder the folder by which this machine reaches the node's files, if it does */
  constructor(exec: NodeExec, clock: Clock, filesFolder: () => string | undefined) {
    this.#exec = exec;
    this.#clock = clock;
    this.#filesFolder = filesFolder;
  }

  /** The helper that runs, or a new one. @throws ManagedNodeError where none can be had */
  async start(): Promise<NodeHelper> {
    if (this.#helper !== undefined) return await this.#helper;
    const forget = () => {
      if (this.#helper === starting) this.#helper = undefined;
    };
    const starting = NodeHelper.start({
      exec: this.#exec,
      clock: this.#clock,
      filesFolder: this.#filesFolder(),
      onLost: forget,
    });
    this.#helper = starting;
    starting.catch(forget);
    return await starting;
  }

  async openTerminal(options: ProcessOptions, session: MarkedSession): Promise<TerminalProcess> {
    return new HelperTerminal(await this.#run("terminal", options, session));
  }

  async openProcess(options: PipedProcessOptions, session: MarkedSession): Promise<PipedProcess> {
    const run = await this.#run("process", options, session);
    return new PipedRun({ ...run, signal: async (name) => run.output.signal(name) });
  }

  async connect({ address, port }: SocketAddress, sink: ConnectionSink): Promise<Connection> {
    const helper = await this.start();
    try {
      return await helperConnection(helper.open({ kind: "connection", address, port }), sink);
    } catch (cause) {
      throw nodeErrorWithCode("The node could not connect", cause);
    }
  }

  async resolveHost(host: string): Promise<readonly string[]> {
    return await this.#ask({ kind: "look-up", host }, "The node could not look up a host");
  }

  /** What `id`, `id -u` and `id -g` say of a name, in their words; undefined when the helper does not know. */
  async lookUpUser(name: string): Promise<UserLookup | undefined> {
    const question = { kind: "identity", user: name };
    const answer = await this.#ask(question, "The node could not look up a user").catch(() => undefined);
    if (answer === undefined) return undefined;
    const [id, uid, gid] = answer;
    const told = (line: string | undefined) =>
      line === undefined ? { exitCode: 1, stdout: "" } : { exitCode: 0, stdout: `${line}\n` };
    return { id: told(id), uid: told(uid), gid: told(gid) };
  }

  /**
   * Sends a signal to all that carries one of the marks, or only to a session's first process; returns these processes.
   * Undefined where no helper runs that could, or it does not answer: root of the node may have stopped it.
   */
  async signalMarked(
    signal: string,
    marks: readonly string[],
    leader?: number,
  ): Promise<MarkedProcess[] | undefined> {
    const asked = this.#helper;
    if (asked === undefined || asked === this.#silent) return undefined;
    const question = { kind: "signal", signal, marks, leader };
    const failure = "The node could not signal processes";
    const answer = await this.#ask(question, failure, signalTimeoutMs).catch(() => undefined);
    if (answer === undefined) this.#silent = asked;
    return answer?.map((line) => {
      const [state = "", mark = ""] = line.split(" ");
      return { state, mark };
    });
  }

  async #ask(question: object, failure: string, timeoutMs?: number): Promise<readonly string[]> {
    const helper = await this.start();
    const channel = helper.open(question);
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    const answer: Uint8Array[] = [];
    channel.onOutput = (bytes) => answer.push(bytes);
    channel.onEnd = (end) => {
      if (end.type === "failed") reject(nodeErrorWithCode(failure, end.error));
      else resolve(JSON.parse(Buffer.concat(answer).toString() || "[]"));
    };
    channel.resume();
    if (timeoutMs === undefined) return await promise;
    const cancel = this.#clock.at(this.#clock.now() + timeoutMs, () => {
      channel.close();
      reject(new ManagedNodeError(failure, { cause: "the helper did not answer in time" }));
    });
    return await promise.finally(cancel);
  }

  /** The helper has ended, though its stream does not say so yet. */
  forget(): void {
    this.#helper = undefined;
  }

  async close(): Promise<void> {
    const helper = await this.#helper?.catch(() => undefined);
    await helper?.close();
  }

  async #run(
    kind: "terminal" | "process",
    options: ProcessOptions,
    session: MarkedSession,
  ): Promise<ProcessRunOptions<HelperChannel>> {
    const helper = await this.start();
    const channel = helper.open({ ...options, kind, mark: Number(session.mark) });
    try {
      return { output: channel, session, leader: await channel.opened, clock: this.#clock };
    } catch (cause) {
      const thing = kind === "terminal" ? "open a terminal" : "start a process";
      throw nodeErrorWithCode(`The node could not ${thing}`, cause);
    }
  }
}
