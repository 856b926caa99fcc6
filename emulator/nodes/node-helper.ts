import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import type { Clock } from "../clock.ts";
import { ManagedNodeError } from "../errors.ts";
import { FrameSplitter } from "./frame-splitter.ts";
import { HelperChannel } from "./helper-channel.ts";
import { encodeHelperFrame, type HelperFrameHead, helperFrameFormat } from "./helper-frame.ts";
import { connectHelperLine } from "./helper-line.ts";
import { nodeError } from "./node-error.ts";
import type { NodeExec, NodeProgram } from "./node-exec.ts";

/** Starts are queued by the engine: hundreds at once take a while. */
const startTimeoutMs = 60_000;
const endTimeoutMs = 2_000;
/** The end of what the helper complains of is kept for errors. */
const maxComplaintLength = 2_000;

const script = await readFile(new URL("node-helper.py", import.meta.url));
/** The script itself comes on standard input, so that it is no file on the node, and no line in its `ps`. */
const loader = "import sys; exec(sys.stdin.buffer.read(int(sys.argv[1])))";

export interface NodeHelperOptions {
  readonly exec: NodeExec;
  readonly clock: Clock;
  /** The folder by which this machine reaches the node's files; undefined where it does not. */
  readonly filesFolder: string | undefined;
  /** Called once, before what is open learns of it. */
  readonly onLost: () => void;
}

/** A process on a node that starts others in a few milliseconds, where an exec costs fifty. */
export class NodeHelper {
  readonly #program: NodeProgram;
  readonly #options: NodeHelperOptions;
  readonly #channels = new Map<number, HelperChannel>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #listens = Promise.withResolvers<boolean>();
  readonly #closed = Promise.withResolvers<void>();
  #isLost = false;
  #lastChannel = 0;
  #complaint = "";
  #control: Buffer[] = [];
  #input: Writable;
  #line: Socket | undefined;

  /** @throws ManagedNodeError where the node has no Python, or it ends at once */
  static async start(options: NodeHelperOptions): Promise<NodeHelper> {
    try {
      const words = ["python3", "-I", "-S", "-B", "-c", loader, String(script.length)];
      const program = await options.exec.start({ words, workingDirectory: "/", input: "pipe" });
      const helper = new NodeHelper(program, options);
      await helper.#start();
      return helper;
    } catch (cause) {
      throw nodeError("The node's helper did not start", cause);
    }
  }

  private constructor(program: NodeProgram, options: NodeHelperOptions) {
    this.#program = program;
    this.#options = options;
    this.#input = program.input;
    const takeFrames = this.#frames();
    program.onOutput = (piece, from) => {
      if (from === "stdout") takeFrames(piece);
      else this.#complaint = (this.#complaint + piece.toString()).slice(-maxComplaintLength);
    };
    program.onEnd = () => this.#lose();
  }

  /** What is asked for is in the words of node-helper.py. */
  open(request: object): HelperChannel {
    const number = ++this.#lastChannel;
    const channel = new HelperChannel({
      send: (letter, payload) => this.#send({ letter, channel: number }, payload),
      forget: () => this.#channels.delete(number),
    });
    if (this.#isLost) {
      channel.lose(this.#loss());
      return channel;
    }
    this.#channels.set(number, channel);
    this.#send({ letter: "o", channel: number }, Buffer.from(JSON.stringify(request)));
    return channel;
  }

  /** Ends the helper, and with it all that is open. */
  async close(): Promise<void> {
    this.#input.end();
    const cancel = this.#after(endTimeoutMs);
    await this.#closed.promise;
    cancel();
  }

  async #start(): Promise<void> {
    const cancel = this.#after(startTimeoutMs);
    this.#program.input.write(script);
    try {
      await this.#ready.promise;
      const { filesFolder } = this.#options;
      if (filesFolder !== undefined) await this.#comePast(filesFolder);
    } finally {
      cancel();
    }
  }

  /** Past the engine, each of whose programs on the way takes its time; where that fails, the way through it is there. */
  async #comePast(filesFolder: string): Promise<void> {
    const path = `/run/ssm-emulator-${randomUUID()}`;
    const token = randomUUID();
    this.#send({ letter: "l", channel: 0 }, Buffer.from(JSON.stringify({ path, token })));
    if (!(await this.#listens.promise)) return;
    const line = await connectHelperLine(join(filesFolder, path), token, this.#options.clock);
    if (line === undefined) return;
    this.#line = line.on("data", this.#frames()).on("close", () => this.#lose());
    this.#input = line;
    if (this.#isLost) line.destroy();
  }

  #frames(): (bytes: Buffer) => void {
    const frames = new FrameSplitter(helperFrameFormat, (head: HelperFrameHead, piece: Buffer, isLast) =>
      this.#receive(head, piece, isLast),
    );
    return (bytes) => frames.push(bytes);
  }

  #after(milliseconds: number): () => void {
    const { clock } = this.#options;
    return clock.at(clock.now() + milliseconds, () => this.#lose());
  }

  #send(head: HelperFrameHead, payload: Uint8Array): void {
    if (!this.#isLost) this.#input.write(encodeHelperFrame(head, payload));
  }

  #receive(head: HelperFrameHead, piece: Buffer, isLast: boolean): void {
    const channel = this.#channels.get(head.channel);
    if (head.letter === "d" || head.letter === "D") {
      channel?.receiveOutput(head.letter, piece);
      return;
    }
    this.#control.push(piece);
    if (!isLast) return;
    const payload = Buffer.concat(this.#control);
    this.#control = [];
    if (head.letter === "r") this.#ready.resolve();
    else if (head.letter === "l") this.#listens.resolve(payload.toString() === "{}");
    else channel?.receive(head.letter, payload);
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#program.destroy();
    this.#line?.destroy();
    this.#options.onLost();
    const error = this.#loss();
    this.#ready.reject(error);
    this.#listens.resolve(false);
    this.#closed.resolve();
    for (const channel of [...this.#channels.values()]) channel.lose(error);
  }

  #loss(): ManagedNodeError {
    const reason = this.#complaint.trim();
    return new ManagedNodeError("The node's helper has ended", { cause: reason || "its stream has ended" });
  }
}
