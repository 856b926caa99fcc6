import type { OutputSeparation } from "../documents/command-properties.ts";
import type { PipedProcess, ProcessExit } from "./managed-node.ts";
import { OutputPrefix } from "./output-prefix.ts";
import type { SessionPlugin, SessionPluginHost } from "./session-plugin.ts";

/**
 * Output that is kept for the end; the agent has a file for it, and we send what is more at once.
 * @see agent-behaviour reference, section 2.7
 */
const maxKeptBytes = 16 * 1024 * 1024;

const signals: ReadonlyMap<number, "SIGINT" | "SIGQUIT"> = new Map([
  [0x03, "SIGINT"],
  [0x1c, "SIGQUIT"],
]);

/**
 * A command without a terminal. Its two outputs reach the client apart, as they come, and then the exit code; or together,
 * once it has ended, without one.
 * @see agent-behaviour reference, sections 2.6 and 2.7
 */
export class Command implements SessionPlugin {
  readonly #process: PipedProcess;
  readonly #host: SessionPluginHost;
  readonly #isSeparate: boolean;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #wasInterrupted = false;

  constructor(process: PipedProcess, separation: OutputSeparation, host: SessionPluginHost) {
    this.#process = process;
    this.#host = host;
    this.#isSeparate = separation.type === "separate";
    const { stdout, stderr } = separation.type === "separate" ? separation : { stdout: "", stderr: "" };
    const prefixes = { stdout: new OutputPrefix(stdout), stderr: new OutputPrefix(stderr) };
    process.onOutput = (bytes, from) => {
      if (!this.#isSeparate) this.#keep(bytes);
      else this.#send(prefixes[from].put(bytes), from === "stdout" ? "output" : "stderr");
    };
    process.onEnd = (exit) => this.#end(exit);
  }

  /** All input is dropped but the first interrupt in a payload. */
  input(bytes: Uint8Array): undefined {
    const signal = signals.get(bytes.find((byte) => signals.has(byte)) ?? 0);
    if (signal === undefined) return;
    this.#wasInterrupted = true;
    this.#process.signal(signal).catch((error) => this.#host.onError(error));
  }

  resize(): void {}

  flag(): void {}

  terminate(): Promise<void> {
    return this.#process.terminate();
  }

  #keep(bytes: Uint8Array): void {
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > maxKeptBytes) this.#sendKept();
  }

  #sendKept(): void {
    const kept = this.#kept;
    this.#kept = [];
    this.#keptBytes = 0;
    if (kept.length > 0) this.#send(Buffer.concat(kept), "output");
  }

  #send(bytes: Uint8Array, kind: "output" | "stderr"): void {
    const room = this.#host.output(bytes, kind);
    if (room === undefined) return;
    this.#process.pause();
    void room.then(() => this.#process.resume());
  }

  #end(exit: ProcessExit): void {
    this.#sendKept();
    if (this.#isSeparate) this.#host.output(Buffer.from(`EXIT_CODE: ${this.#exitCode(exit)}`), "exit-code");
    this.#host.ended();
  }

  /**
   * Go's -1 for a process that a signal killed.
   * @unverified After an interrupt the agent waits for the process twice, finds no code and says 1; read in the source only.
   */
  #exitCode(exit: ProcessExit): number {
    if (this.#wasInterrupted) return 1;
    return exit.type === "exited" ? exit.code : -1;
  }
}
