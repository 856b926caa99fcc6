import type { Decision } from "../emulator/access/decision.ts";
import type { SessionEnd } from "../emulator/client/data-channel-client.ts";
import type { TerminalSize } from "../emulator/protocol/terminal-size.ts";
import { ChangeSignal } from "./change-signal.ts";
import type { SessionState } from "./describe-session.ts";
import { ExpectationError } from "./expectation-error.ts";
import { lastPrompt, outputOf, promptState, usualPrompt } from "./prompt.ts";
import { type Screen, ScreenTerminal } from "./screen.ts";
import type { SessionOutcome } from "./session-outcome.ts";
import type { SessionDesk, SessionStart, TerminalChannel } from "./session-start.ts";
import type { SessionView } from "./session-view.ts";
import { Transcript } from "./transcript.ts";

/** As terminals are that nobody has resized. */
export const defaultSize: TerminalSize = { columns: 80, rows: 24 };
const defaultTimeoutMs = 10_000;
/** How long what looks like a prompt has to be the last output, where the shell does not mark its prompts. */
const promptQuietMs = 100;
const controlC = "\u0003";

/** Settings of a {@link TerminalSession}. */
export interface TerminalSessionOptions {
  /** 80 by 24 when left out. */
  readonly size?: TerminalSize | undefined;
  /** Patience of every wait that is not told otherwise, in milliseconds; 10000 when left out. */
  readonly timeoutMs?: number | undefined;
  /** What a shell's prompt ends with; `$`, `#`, `%` or `>` and a blank when left out. */
  readonly prompt?: RegExp | undefined;
  /** Hears all output as it comes, control sequences included. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

/** Patience of one wait. */
export interface WaitOptions {
  /** In milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** What a command printed. */
export interface CommandResult {
  /** Without echo, prompt, control sequences and the last line's end. */
  readonly output: string;
  /** Undefined unless it was asked for. */
  readonly exitCode: number | undefined;
}

/**
 * A session, driven as a person would: type, look, wait for text. Texts are what a reader sees: output without control
 * sequences, with `\n` between lines. Every failed wait says what was waited for and shows the screen and the decision.
 *
 * @example
 * await using session = await emulator.startSession({ as: "alice" });
 * const { output } = await session.run("whoami");
 */
export class TerminalSession implements AsyncDisposable {
  /** Undefined when StartSession was refused. */
  readonly sessionId: string | undefined;
  /** Resolves when nothing more will come, however it ended. */
  readonly ended: Promise<SessionEnd>;
  readonly #channel: TerminalChannel | undefined;
  readonly #desk: SessionDesk | undefined;
  readonly #options: TerminalSessionOptions;
  readonly #timeoutMs: number;
  readonly #prompt: RegExp;
  readonly #screen: ScreenTerminal;
  readonly #transcript = new Transcript();
  readonly #decoder = new TextDecoder();
  readonly #changes = new ChangeSignal();
  #outcome: SessionOutcome;
  #view: SessionView | undefined;
  #decision: Decision | undefined;
  #exitCode: number | undefined;
  #hasPrompt = true;
  #hasBegun = false;
  #seen = 0;
  #typedAt: number | undefined;
  #isQuiet = true;
  readonly #quiet = setTimeout(() => {
    this.#isQuiet = true;
    this.#changes.notify();
  }, promptQuietMs).unref();

  /** For `EmulatorHandle.startSession`, which is what makes sessions. */
  constructor(start: SessionStart, options: TerminalSessionOptions = {}) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#prompt = options.prompt ?? usualPrompt;
    this.#screen = new ScreenTerminal(options.size ?? defaultSize, (reply) => void this.#reply(reply));
    if (start.type === "refused") {
      const { code, message } = start;
      this.#decision = start.decision;
      this.#outcome = { type: "refused", by: "service", code, message };
      this.ended = Promise.resolve({ type: "failed", message });
      return;
    }
    this.sessionId = start.sessionId;
    this.#outcome = { type: "running" };
    this.#desk = start.desk;
    this.#channel = start.connect({
      onOutput: (bytes) => this.#receive(bytes),
      onStdErr: (bytes) => this.#receive(bytes),
      onExitCode: (code) => {
        this.#exitCode = code;
      },
      onSession: ({ sessionType }) => {
        this.#hasBegun = true;
        this.#hasPrompt = sessionType === "Standard_Stream";
        this.#changes.notify();
      },
    });
    this.ended = this.#channel.ended.then((end) => this.#finish(end));
  }

  /** How it stands: running, refused by AWS or by the node, or ended. */
  get outcome(): SessionOutcome {
    return this.#outcome;
  }

  /** Whether the client was let into the session. Its shell may run without, for it does not wait for a client. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The OS user that the node has chosen; undefined before, and for refused sessions. */
  get runAsUser(): string | undefined {
    return this.#view?.runAsUser;
  }

  /** Why it runs as that user, or was refused. */
  get decision(): Decision | undefined {
    return this.#view?.decision ?? this.#decision;
  }

  /** Of the command that a session document runs; undefined for shells. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Everything printed so far, as a reader sees it, AWS's last words included; of very long sessions the end. */
  get output(): string {
    return this.#transcript.text;
  }

  /** What a terminal shows now. Whatever a wait has found is on it. */
  screen(): Screen {
    return this.#screen.read();
  }

  /** Sends the text as it is, but for `\n`, which is sent as the Enter key. Resolves when the channel took it. */
  async type(text: string): Promise<void> {
    if (this.#channel === undefined || this.#outcome.type !== "running") throw await this.#over("type");
    // At once, so that a wait that is begun at the same time looks behind it.
    this.#typedAt = this.#transcript.end;
    await this.#channel.write(Buffer.from(text.replaceAll("\n", "\r")));
  }

  /** Presses Ctrl-C. */
  interrupt(): Promise<void> {
    return this.type(controlC);
  }

  /**
   * Waits until the text shows up behind what earlier waits have found; gives what was found. What was typed is echoed,
   * and found like any other text; so is what AWS says at the end, which stands where the plugin shows it.
   * @throws ExpectationError when it does not come in time, or the session ends before
   */
  async expectText(expected: string | RegExp, options: WaitOptions = {}): Promise<string> {
    const what =
      typeof expected === "string" ? `the text ${JSON.stringify(expected)}` : `text like ${expected}`;
    const found = await this.#until(what, options, () => this.#transcript.find(expected, this.#seen));
    this.#seen = found.end;
    return found.text;
  }

  /**
   * Waits until the shell shows its prompt, after whatever was typed last.
   * @throws ExpectationError when it does not come in time, or the session ends before
   */
  async expectPrompt(options: WaitOptions = {}): Promise<void> {
    await this.#until("the prompt", options, () => this.#isAtPrompt() || undefined);
    this.#seen = this.#transcript.end;
  }

  /**
   * Types one line at the prompt and waits for the next prompt. With `exitCode`, types `echo $?` after it.
   * @throws ExpectationError when a prompt does not come in time, or the session ends before
   */
  async run(
    command: string,
    options: WaitOptions & { readonly exitCode?: boolean } = {},
  ): Promise<CommandResult> {
    if (/[\r\n]/.test(command)) throw new TypeError("run() takes one line; use type() for more");
    const output = await this.#runLine(command, options);
    if (options.exitCode !== true) return { output, exitCode: undefined };
    return { output, exitCode: Number(await this.#runLine("echo $?", options)) };
  }

  /** Gives the terminal another size, on both sides. */
  resize(size: TerminalSize): void {
    this.#screen.resize(size);
    this.#channel?.resize(size);
  }

  /** Types `exit` and waits for the end. @throws ExpectationError when it does not come in time */
  async exit(options: WaitOptions = {}): Promise<SessionEnd> {
    await this.type("exit\n");
    return await this.expectEnd(options);
  }

  /** Waits for the end. @throws ExpectationError when it does not come in time */
  async expectEnd(options: WaitOptions = {}): Promise<SessionEnd> {
    await this.#until("the session's end", options, () => this.#outcome.type !== "running" || undefined);
    return await this.ended;
  }

  /** Calls TerminateSession as the one who started it. */
  async terminate(): Promise<void> {
    await this.#desk?.terminate();
  }

  /** Loses the connection as a broken network does, and stays away until {@link reconnect}. */
  disconnect(): void {
    this.#channel?.disconnect();
  }

  /** Comes back, through ResumeSession, after {@link disconnect}. */
  async reconnect(): Promise<void> {
    if (this.#channel === undefined || this.#outcome.type !== "running") throw await this.#over("reconnect");
    await this.#channel.reconnect();
  }

  /** Leaves without a word, as a client that is killed; the session goes on. */
  close(): void {
    this.#channel?.close();
  }

  /** The texts of its log so far, in order. */
  async logLines(): Promise<readonly string[]> {
    return (await this.#desk?.logLines()) ?? [];
  }

  /** Whether all of its log is there: nothing of the session is left on the node. */
  async isLogComplete(): Promise<boolean> {
    await this.refresh();
    return this.sessionId === undefined || this.#view?.endedAt !== undefined;
  }

  /** Asks the emulator again for `runAsUser` and `decision`. */
  async refresh(): Promise<void> {
    // What was known stays known when the emulator is gone.
    this.#view = (await this.#desk?.view().catch(() => undefined)) ?? this.#view;
  }

  /** The session at this moment, as messages show it. */
  state(): SessionState {
    const { sessionId, outcome, decision } = this;
    return { sessionId, outcome, decision, screen: this.screen() };
  }

  /** An error that says this, and shows the screen and the decision. */
  async failure(summary: string): Promise<ExpectationError> {
    await this.refresh();
    return new ExpectationError(summary, this.state());
  }

  /** Resolves when the session can be used: its prompt is there, it has none, or it is over. @throws ExpectationError */
  async ready(options: WaitOptions = {}): Promise<void> {
    const isReady = () => this.#outcome.type !== "running" || !this.#hasPrompt || this.#isAtPrompt();
    await this.#until("the first prompt", options, () => isReady() || undefined);
    await this.refresh();
  }

  /** Terminates what is still running, and leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    // The emulator may be gone before its sessions.
    if (this.#outcome.type === "running") await this.terminate().catch(() => undefined);
    this.close();
  }

  async #runLine(line: string, options: WaitOptions): Promise<string> {
    await this.expectPrompt(options);
    const typedAt = this.#transcript.end;
    const prompt = lastPrompt(this.#transcript);
    await this.type(`${line}\n`);
    await this.expectPrompt(options);
    return outputOf(this.#transcript, typedAt, prompt);
  }

  #isAtPrompt(): boolean {
    const state = promptState(this.#transcript, { prompt: this.#prompt, typedAt: this.#typedAt });
    return state === "shown" || (state === "likely" && this.#isQuiet);
  }

  async #receive(bytes: Uint8Array): Promise<void> {
    // First the screen: so that it shows whatever a wait finds.
    await this.#screen.write(bytes);
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#transcript.append(text);
    this.#isQuiet = false;
    this.#options.onOutput?.(text);
    this.#changes.notify();
    this.#quiet.refresh();
  }

  async #finish(end: SessionEnd): Promise<SessionEnd> {
    const words = end.type === "closed" ? end.output.replaceAll("\n", "\r\n") : "";
    await this.#receive(Buffer.from(words && `\r\n\r\nSessionId: ${this.sessionId} : ${words}\r\n\r\n`));
    await this.refresh();
    const isRefused = this.#view?.decision.outcome === "refused";
    const message = end.type === "closed" ? end.output : (this.#view?.decision.refusal ?? "");
    this.#outcome = isRefused ? { type: "refused", by: "node", message } : { type: "ended", end };
    this.#changes.notify();
    return end;
  }

  async #reply(text: string): Promise<void> {
    // The channel may end before the program hears it.
    await this.#channel?.write(Buffer.from(text)).catch(() => undefined);
  }

  #over(action: string): Promise<ExpectationError> {
    return this.failure(`Cannot ${action}: the session is over.`);
  }

  async #until<Found>(what: string, options: WaitOptions, find: () => Found | undefined): Promise<Found> {
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#outcome.type !== "running") throw await this.failure(`The session ended without ${what}.`);
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw await this.failure(`Waited ${timeoutMs} ms for ${what}.`);
      await this.#changes.next(leftMs);
    }
  }
}
