import { ManagedNodeError } from "../errors.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import { HeldOutput } from "./held-output.ts";
import type { OutputEnd, ProcessOutput } from "./process-run.ts";

/** What each side may send ahead of the other's leave; as in node-helper.py. */
const windowBytes = 256 * 1024;
/** Leave is given in steps of this. */
const leaveBytes = windowBytes / 4;
const maxPayloadBytes = 64 * 1024;

export interface ChannelLink {
  send(letter: string, payload: Uint8Array): void;
  /** Nothing that comes for the channel matters any more. */
  forget(): void;
}

/** One terminal, process, look-up or connection of a node's helper. It is paused at first. */
export class HelperChannel implements ProcessOutput {
  /** Resolves with the process id of a process. @throws ManagedNodeError */
  readonly opened: Promise<number>;
  onOutput: (bytes: Uint8Array, from: "stdout" | "stderr") => void = () => {};
  /** A connection's other side sends no more. */
  onOutputEnd: () => void = () => {};
  /** Called once, after the last output, or at once if it could not be opened; not after {@link close}. */
  onEnd: (end: OutputEnd) => void = () => {};
  readonly #link: ChannelLink;
  readonly #held = new HeldOutput();
  readonly #opening = Promise.withResolvers<number>();
  #isOpened = false;
  #isOpen = true;
  #inputError: ManagedNodeError | undefined;
  #given = 0;
  readonly #unsent: Uint8Array[] = [];
  /** Sums of the input's bytes. */
  #written = 0;
  #sent = 0;
  #taken = 0;
  #waiting: {
    readonly until: number;
    readonly resolve: () => void;
    readonly reject: (error: Error) => void;
  }[] = [];

  constructor(link: ChannelLink) {
    this.#link = link;
    this.opened = this.#opening.promise;
    this.opened.catch(() => undefined);
  }

  /** Lets the process of a terminal start. */
  start(): void {
    this.#send("s");
  }

  /** Resolves when the node took the bytes. @throws ManagedNodeError */
  write(bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) this.#unsent.push(bytes);
    this.#written += bytes.length;
    this.#sendInput();
    return this.#whenTaken(this.#written);
  }

  /** Resolves when little enough of the input is under way. @throws ManagedNodeError */
  room(): Promise<void> {
    return this.#whenTaken(this.#written - windowBytes);
  }

  /** Ends a connection's input; resolves when all of it was taken. @throws ManagedNodeError */
  async finish(): Promise<void> {
    await this.#whenTaken(this.#written);
    this.#send("e");
  }

  resize({ columns, rows }: TerminalSize): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt16BE(columns & 0xffff, 0);
    payload.writeUInt16BE(rows & 0xffff, 2);
    this.#send("w", payload);
  }

  signal(name: string): void {
    this.#send("k", Buffer.from(name));
  }

  pause(): void {
    this.#held.pause();
  }

  resume(): void {
    this.#held.resume();
  }

  /** Closes the node's end: a terminal is hung up, pipes and connections break. */
  close(): void {
    if (!this.#isOpen) return;
    this.#send("x");
    this.#isOpen = false;
    this.#link.forget();
    this.#refuseInput(new ManagedNodeError("It was closed", { cause: "closed by the emulator" }));
  }

  /** The connection to the helper is gone. */
  lose(error: ManagedNodeError): void {
    this.#end({ type: "failed", error });
  }

  receiveOutput(letter: string, piece: Uint8Array): void {
    this.#held.put(() => {
      this.#give(piece.length);
      if (this.#isOpen) this.onOutput(piece, letter === "D" ? "stderr" : "stdout");
    });
  }

  receive(letter: string, payload: Buffer): void {
    if (letter === "o") this.#onOpened(readPid(payload));
    else if (letter === "c") this.#onTaken(payload.readUInt32BE(0));
    else if (letter === "e") this.#held.put(() => this.onOutputEnd());
    else if (letter === "x") this.#end(readEnd(payload));
  }

  #onOpened(pid: number): void {
    this.#isOpened = true;
    this.#opening.resolve(pid);
  }

  #send(letter: string, payload: Uint8Array = new Uint8Array(0)): void {
    if (this.#isOpen) this.#link.send(letter, payload);
  }

  #give(bytes: number): void {
    this.#given += bytes;
    if (this.#given < leaveBytes) return;
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(this.#given);
    this.#given = 0;
    this.#send("c", payload);
  }

  #sendInput(): void {
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      const piece = next.subarray(0, Math.min(maxPayloadBytes, windowBytes - (this.#sent - this.#taken)));
      if (piece.length === 0) return;
      this.#sent += piece.length;
      this.#send("d", piece);
      if (piece.length === next.length) this.#unsent.shift();
      else this.#unsent[0] = next.subarray(piece.length);
    }
  }

  #onTaken(bytes: number): void {
    this.#taken += bytes;
    this.#sendInput();
    const isReached = ({ until }: { readonly until: number }) => until <= this.#taken;
    for (const { resolve } of this.#waiting.filter(isReached)) resolve();
    this.#waiting = this.#waiting.filter((waiting) => !isReached(waiting));
  }

  #whenTaken(until: number): Promise<void> {
    if (this.#inputError !== undefined) return Promise.reject(this.#inputError);
    if (until <= this.#taken) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ until, resolve, reject });
    return promise;
  }

  #end(end: OutputEnd): void {
    const error =
      end.type === "failed" ? end.error : new ManagedNodeError("It has ended", { cause: "its end was told" });
    this.#refuseInput(error);
    const tell = () => {
      if (!this.#isOpen) return;
      this.#isOpen = false;
      this.#link.forget();
      this.onEnd(end);
    };
    if (this.#isOpened) this.#held.put(tell);
    else tell();
  }

  #refuseInput(error: ManagedNodeError): void {
    this.#opening.reject(error);
    this.#inputError = error;
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting = [];
    this.#unsent.length = 0;
  }
}

function readPid(payload: Buffer): number {
  const { pid = 0 }: { readonly pid?: number } = JSON.parse(payload.toString());
  return pid;
}

interface ToldEnd {
  readonly exit?: { readonly code: number } | { readonly signal: string };
  readonly failure?: { readonly code: string; readonly message: string };
}

function readEnd(payload: Buffer): OutputEnd {
  const { exit, failure }: ToldEnd = JSON.parse(payload.toString());
  if (failure !== undefined) {
    const { code, message } = failure;
    return { type: "failed", error: new ManagedNodeError(message, { cause: failure, code }) };
  }
  if (exit === undefined) return { type: "ended", exit };
  return {
    type: "ended",
    exit: "code" in exit ? { type: "exited", code: exit.code } : { type: "killed", signal: exit.signal },
  };
}
