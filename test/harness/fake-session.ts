import type { SessionEnd } from "../../emulator/client/data-channel-client.ts";
import type { TerminalSize } from "../../emulator/protocol/terminal-size.ts";
import type { ChannelEvents, TerminalChannel } from "../../harness/session-start.ts";
import type { SessionView } from "../../harness/session-view.ts";
import { TerminalSession, type TerminalSessionOptions } from "../../harness/terminal-session.ts";

/** How bash shows a prompt, and takes a line. */
export const bashPrompt = "\u001b[?2004hsh-5.2$ ";
export const bashEnter = "\r\n\u001b[?2004l\r";

/** A shell's end of a channel, played by the test. */
export class FakeChannel implements TerminalChannel {
  readonly #ended = Promise.withResolvers<SessionEnd>();
  readonly ended = this.#ended.promise;
  events: ChannelEvents | undefined;
  /** Everything that was done to the channel, in order. */
  readonly calls: string[] = [];
  /** Answers what is typed. */
  onType: (text: string) => void = () => {};

  async write(bytes: Uint8Array): Promise<void> {
    const text = Buffer.from(bytes).toString();
    this.calls.push(text);
    this.onType(text);
  }

  resize({ columns, rows }: TerminalSize): void {
    this.calls.push(`${columns}x${rows}`);
  }

  disconnect(): void {
    this.calls.push("disconnect");
  }

  async reconnect(): Promise<void> {
    this.calls.push("reconnect");
  }

  close(): void {
    this.end({ type: "left" });
  }

  /** The program prints; resolves when the session has taken it. */
  async print(output: string | Uint8Array): Promise<void> {
    await this.events?.onOutput(Buffer.from(output));
  }

  end(end: SessionEnd): void {
    this.#ended.resolve(end);
  }
}

const view: SessionView = {
  sessionId: "alice-01",
  target: "i-0a1b2c3d4e5f60718",
  status: "Connected",
  startedAt: 1_000,
  documentName: "SSM-SessionManagerRunShell",
  ownerArn: "arn:aws:iam::000000000000:user/alice",
  runAsUser: "my-os-user",
  decision: {
    outcome: "run",
    runAsUser: "my-os-user",
    steps: [{ by: "node", finding: "chosen user: my-os-user" }],
  },
};

/** What the decision of a session shows whose user is missing on the node. */
export const missingUser: Partial<SessionView> = {
  decision: {
    outcome: "refused",
    refusal: "RunAs user gone does not exist",
    steps: [{ by: "service", finding: "Run As is on" }],
  },
};

export interface FakeSession extends AsyncDisposable {
  readonly session: TerminalSession;
  readonly channel: FakeChannel;
  /** What the emulator says of it; the test changes it. */
  facts: Partial<SessionView>;
  log: readonly string[];
}

/** alice's session, which runs as my-os-user. */
export function openFakeSession(options: TerminalSessionOptions = {}): FakeSession {
  const channel = new FakeChannel();
  const fake = { facts: {} as Partial<SessionView>, log: [] as readonly string[] };
  const session = new TerminalSession(
    {
      type: "started",
      sessionId: view.sessionId,
      desk: {
        view: async () => ({ ...view, ...fake.facts }),
        logLines: async () => fake.log,
        terminate: async () => void channel.calls.push("terminate"),
      },
      connect: (events) => {
        channel.events = events;
        return channel;
      },
    },
    { timeoutMs: 2_000, ...options },
  );
  return Object.assign(fake, {
    session,
    channel,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  });
}

/** A session that StartSession has refused. */
export function refusedSession(): TerminalSession {
  return new TerminalSession({
    type: "refused",
    code: "BadRequest",
    message: "Invalid RunAs username.",
    decision: {
      outcome: "refused",
      refusal: "Invalid RunAs username.",
      steps: [{ by: "service", finding: "no tag SSMSessionRunAs" }],
    },
  });
}
