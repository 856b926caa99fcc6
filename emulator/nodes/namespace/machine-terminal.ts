import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { createRequire } from "node:module";
import { Duplex } from "node:stream";
import { ReadStream } from "node:tty";
import { systemClock } from "../../clock.ts";
import type { TerminalSize } from "../../protocol/terminal-size.ts";
import type { ProgramTerminal } from "../node-exec.ts";

/**
 * The part of node-pty that opens and resizes terminals. Its other part, which starts programs on them, drops what is not
 * read 200 ms after a program's end, and knows no terminal without a size.
 */
interface PtyBinary {
  /** Numbers of the files at both ends. */
  open(columns: number, rows: number): { readonly master: number; readonly slave: number };
  resize(master: number, columns: number, rows: number): void;
}

/** Far longer than the kernel takes to hand over what was written. */
const quietMs = 100;

const require = createRequire(import.meta.url);
let binary: PtyBinary | undefined;

/**
 * Opens a terminal of this machine and starts a program on it. The terminal is nobody's controlling terminal yet.
 * @throws Error in the system's words, or node-pty's where it has no binary for this machine
 */
export function startOnMachineTerminal(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): ProgramTerminal {
  binary ??= require("@lydell/node-pty/requireBinary.js").requireBinary("pty.node") as PtyBinary;
  const { open, resize } = binary;
  const { master, slave } = open(0, 0);
  const [file = "", ...args] = words;
  const child = spawn(file, args, { cwd: "/", env: environment, stdio: [slave, slave, slave] });
  closeSync(slave);
  const stream = new MasterStream(new ReadStream(master), () => child.kill("SIGKILL"));
  child.on("error", (error) => stream.destroy(error)).on("exit", () => stream.endWhenQuiet());
  return {
    stream,
    resize: async ({ columns, rows }: TerminalSize) => {
      if (!stream.destroyed) resize(master, columns, rows);
    },
  };
}

class MasterStream extends Duplex {
  readonly #master: ReadStream;
  readonly #onDestroy: () => void;
  #cancelEnd: (() => void) | undefined;
  #isProgramOver = false;

  constructor(master: ReadStream, onDestroy: () => void) {
    super({ allowHalfOpen: false });
    this.#master = master;
    this.#onDestroy = onDestroy;
    // When nobody has the other end any more, and all is read, reading fails.
    const end = () => this.push(null);
    master
      .on("data", (bytes) => {
        if (!this.push(bytes)) master.pause();
        if (this.#isProgramOver) this.endWhenQuiet();
      })
      .on("error", end)
      .on("close", end);
  }

  /** The program has ended. Others that it started may have the terminal for long, and its last words may be on their way. */
  endWhenQuiet(): void {
    this.#isProgramOver = true;
    this.#cancelEnd?.();
    this.#cancelEnd = systemClock.at(systemClock.now() + quietMs, () => {
      if (!this.#master.isPaused()) this.push(null);
    });
  }

  override _read(): void {
    this.#master.resume();
    if (this.#isProgramOver) this.endWhenQuiet();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#master.write(bytes, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#cancelEnd?.();
    this.#master.destroy();
    this.#onDestroy();
    done(error);
  }
}
