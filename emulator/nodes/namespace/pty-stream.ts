import { Duplex } from "node:stream";
import { type IPty, spawn } from "@lydell/node-pty";
import type { TerminalSize } from "../../protocol/terminal-size.ts";
import type { ProgramTerminal } from "../node-exec.ts";

/**
 * Between a terminal and its program: when that has ended, it lets go of the terminal, so that all output is read before the
 * end of file, and waits to be killed. node-pty knows no terminal without a size, and drops what is not read 200 ms after its process has ended.
 */
const keeper = 'stty rows 0 columns 0; "$@"; exec 0<&- 1>&- 2>&-; kill -STOP "$$"';

/** Opens a terminal of this machine for a program, which is killed with this process. @throws Error */
export function openPty(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): ProgramTerminal {
  const args = ["--pdeathsig", "KILL", "--", "/bin/sh", "-c", keeper, "sh", ...words];
  const pty = spawn("setpriv", args, { cwd: "/", env: { ...environment }, encoding: null, cols: 1, rows: 1 });
  const resize = async ({ columns, rows }: TerminalSize) => pty.resize(columns, rows);
  return { stream: new PtyStream(pty as IPty & BytePty), resize };
}

/** What node-pty has without an encoding, and its declaration does not say. */
interface BytePty {
  on(event: "data", listener: (bytes: Buffer) => void): void;
  on(event: "close", listener: () => void): void;
  write(bytes: Uint8Array): void;
}

class PtyStream extends Duplex {
  readonly #pty: IPty & BytePty;

  constructor(pty: IPty & BytePty) {
    super({ allowHalfOpen: false });
    this.#pty = pty;
    pty.on("data", (bytes) => {
      if (!this.push(bytes)) pty.pause();
    });
    pty.on("close", () => this.push(null));
  }

  override _read(): void {
    this.#pty.resume();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.#pty.write(bytes);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#pty.kill("SIGKILL");
    done(error);
  }
}
