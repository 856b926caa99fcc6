import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type IPty, spawn } from "@lydell/node-pty";

const run = promisify(execFile);
const defaultTimeoutMs = 20_000;

/** A program on a real terminal, driven as a person would: type, look, wait for text. */
export class TerminalDriver {
  readonly #pty: IPty;
  readonly exited: Promise<number>;
  #output = "";
  #seen = 0;
  #onChange: () => void = () => {};
  #hasExited = false;

  constructor(
    file: string,
    args: readonly string[],
    options: {
      readonly env: Readonly<Record<string, string>>;
      readonly cols?: number;
      readonly rows?: number;
    },
  ) {
    this.#pty = spawn(file, [...args], {
      env: options.env,
      cols: options.cols ?? 80,
      rows: options.rows ?? 24,
      name: "xterm-256color",
    });
    this.#pty.onData((text) => {
      this.#output += text;
      this.#onChange();
    });
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#hasExited = true;
        resolve(exitCode);
        this.#onChange();
      });
    });
  }

  /** Everything the terminal has shown. */
  get output(): string {
    return this.#output;
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(cols: number, rows: number): void {
    this.#pty.resize(cols, rows);
  }

  kill(signal: string): void {
    this.#pty.kill(signal);
  }

  /** Waits until the text shows up behind what earlier calls have found. */
  async expectText(expected: string | RegExp, timeoutMs = defaultTimeoutMs): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = this.#find(expected);
      if (found !== undefined) return found;
      const leftMs = deadline - Date.now();
      if (leftMs <= 0 || this.#hasExited) {
        throw new Error(
          `${this.#hasExited ? "The program ended" : `After ${timeoutMs} ms`} without ${String(expected)}. On the terminal:\n${JSON.stringify(this.#output)}`,
        );
      }
      await this.#nextChange(leftMs);
    }
  }

  /** Waits until the program has taken over the echo: what is typed earlier shows twice. */
  async echoIsOff(timeoutMs = defaultTimeoutMs): Promise<void> {
    const { ptsName } = this.#pty as unknown as { readonly ptsName: string };
    const deadline = Date.now() + timeoutMs;
    while (!(await run("stty", ["-F", ptsName, "-a"])).stdout.includes(" -echo ")) {
      if (Date.now() > deadline) throw new Error(`After ${timeoutMs} ms ${ptsName} still echoes`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasExited) this.#pty.kill("SIGKILL");
    await this.exited;
  }

  #find(expected: string | RegExp): string | undefined {
    const rest = this.#output.slice(this.#seen);
    const match =
      typeof expected === "string"
        ? { index: rest.indexOf(expected), text: expected }
        : { index: rest.search(expected), text: rest.match(expected)?.[0] ?? "" };
    if (match.index < 0) return undefined;
    this.#seen += match.index + match.text.length;
    return match.text;
  }

  #nextChange(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#onChange = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
