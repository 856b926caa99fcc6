import type { Decision } from "../access/decision.ts";
import type { Clock, EpochMillis } from "../clock.ts";
import { defaultIdleMinutes } from "../documents/read-as-agent.ts";
import type { SessionInputs } from "../documents/session-document.ts";
import type { StartSessionTask } from "../operations/ports/session-control.ts";
import { encodeChannelClosed } from "../protocol/channel-closed.ts";
import { DataChannel, type DataChannelEffect } from "../session/data-channel.ts";
import { IdleTimer } from "../session/idle-timer.ts";
import { nextStatus, type SessionEvent, type SessionStatus } from "../session/lifecycle.ts";
import type { AttachedClient, ClientConnection } from "./client-connection.ts";
import { DataChannelToken } from "./data-channel-token.ts";
import { handshakeFailure } from "./failure-texts.ts";
import type { ManagedNode } from "./managed-node.ts";
import { type SessionLogSink, SessionRecorder } from "./session-recorder.ts";
import { Shell } from "./shell.ts";
import { type ShellStart, startShell } from "./start-shell.ts";

export interface LiveSessionSettings {
  readonly region: string;
  /** The agent sleeps this long before it reports that a shell could not be started. */
  readonly startErrorDelayMs: number;
  /** How long a session waits for a client that was lost, or that never came. */
  readonly resumeGraceMs: number;
}

export interface LiveSessionDependencies {
  readonly clock: Clock;
  readonly node: ManagedNode;
  readonly agentVersion: string;
  readonly settings: LiveSessionSettings;
  readonly newMessageId: () => string;
  readonly newToken: (length: number) => string;
  readonly isLogGroupEncrypted: (groupName: string) => boolean;
  readonly sink: SessionLogSink;
  /** Called with each change that the API or the admin API shows. */
  readonly onChange: (change: SessionChange) => void;
  readonly onError: (error: unknown, during: string) => void;
}

export interface SessionChange {
  readonly status: SessionStatus;
  readonly runAsUser: string | undefined;
  readonly decision: Decision;
  readonly closingOutput: string | undefined;
  /** When nothing of the session was left on the node any more. */
  readonly endedAt: EpochMillis | undefined;
}

/** Input that the terminal has not taken; above it the client's frames wait without an acknowledge. */
const maxInputBacklogBytes = 256 * 1024;
/**
 * Told to a client whose place another has taken, with a newer token.
 * @unverified The text; two clients of one real session would settle it.
 */
const replacedText = "Another client has taken over this session.";
/** How long a client may keep its connection after the closing message, or take to come back for it. */
const lingerAfterCloseMs = 2_000;

/**
 * One session from the task to its end: joins the data channel's machine, the shell on the node and the log, and owns
 * their one timer. It knows nothing of sockets and engines.
 */
export class LiveSession {
  readonly token: DataChannelToken;
  /** Nothing of the session is left on the node, and its log is complete. */
  readonly ended: Promise<void>;
  /** The client was told the end, or none has come to hear it. */
  readonly told: Promise<void>;
  readonly #task: StartSessionTask;
  readonly #inputs: SessionInputs | undefined;
  readonly #clock: Clock;
  readonly #deps: LiveSessionDependencies;
  readonly #channel: DataChannel;
  readonly #idle: IdleTimer;
  readonly #whenEnded = Promise.withResolvers<void>();
  readonly #whenTold = Promise.withResolvers<void>();
  /** Settles when the node has opened the shell or failed to. */
  #starting: Promise<void> = Promise.resolve();
  #endSleep: () => void = () => {};
  #status: SessionStatus = "Connecting";
  #decision: Decision;
  #closingOutput: string | undefined;
  #endedAt: EpochMillis | undefined;
  #connection: ClientConnection | undefined;
  #shell: Shell | undefined;
  #recorder: SessionRecorder | undefined;
  #isTold = false;
  /** When a session without a client is given up, or a client that lingers after the end is dropped. */
  #patienceEndsAt: EpochMillis | undefined;
  #cancelDeadline: () => void = () => {};

  constructor(task: StartSessionTask, dependencies: LiveSessionDependencies) {
    const { clock, settings, agentVersion, newMessageId } = dependencies;
    this.token = new DataChannelToken(dependencies.newToken);
    this.ended = this.#whenEnded.promise;
    this.told = this.#whenTold.promise;
    this.#task = task;
    this.#inputs = task.document.type === "parsed" ? task.document.document.inputs : undefined;
    this.#clock = clock;
    this.#deps = dependencies;
    this.#decision = task.decision;
    this.#channel = new DataChannel({ sessionId: task.sessionId, agentVersion, newMessageId });
    const { idleSessionTimeout = defaultIdleMinutes, maxSessionDuration } = this.#inputs ?? {};
    this.#idle = new IdleTimer({
      startedAt: clock.now(),
      idleTimeoutMs: idleSessionTimeout * 60_000,
      maxDurationMs: maxSessionDuration === undefined ? undefined : maxSessionDuration * 60_000,
    });
    this.#patienceEndsAt = clock.now() + settings.resumeGraceMs;
  }

  get target(): string {
    return this.#task.target;
  }

  get isEnding(): boolean {
    return this.#status === "Terminating" || this.#status === "Terminated" || this.#status === "Failed";
  }

  get hasClient(): boolean {
    return this.#connection !== undefined;
  }

  /** The node has the task: the shell starts, whether or not a client is there yet. */
  begin(): void {
    const { document } = this.#task;
    this.#arm();
    if (document.type === "unparsable") {
      const finding = `the agent cannot parse the session document and never answers: ${document.reason}`;
      this.#decision = { ...this.#decision, steps: [...this.#decision.steps, { by: "node", finding }] };
      this.#publish();
      return;
    }
    this.#enter("agent-connected");
    this.#starting = this.#startShell(document.document.inputs).catch((error: unknown) => {
      this.#deps.onError(error, "starting the shell");
      this.#fail("");
    });
  }

  /** Attaches a client whose token was taken; it takes the place of one that is there. */
  attach(connection: ClientConnection): AttachedClient {
    this.#dismissClient();
    this.#connection = connection;
    this.#patienceEndsAt = this.#isTold ? this.#clock.now() + lingerAfterCloseMs : undefined;
    this.#enter("client-attached");
    // A node that never answers opens no data channel: its client waits in silence.
    if (this.#inputs !== undefined || this.isEnding)
      this.#apply(this.#channel.attachClient(this.#clock.now()));
    this.#arm();
    const isCurrent = () => this.#connection === connection;
    return {
      receive: (frame) => {
        if (isCurrent()) this.#apply(this.#channel.receive(frame, this.#clock.now()));
      },
      lost: () => {
        if (isCurrent()) this.#clientLost();
      },
    };
  }

  /** A closing message first: a mere close would make the plugin resume and take the channel back. */
  #dismissClient(): void {
    this.#connection?.send(
      encodeChannelClosed({
        messageId: this.#deps.newMessageId(),
        createdAt: this.#clock.now(),
        sessionId: this.#task.sessionId,
        destinationId: "",
        output: replacedText,
      }),
    );
    this.#connection?.close();
  }

  /** Ends the session, telling the client `reason`; harmless when it is ending already. */
  terminate(reason = ""): void {
    if (this.isEnding) return;
    this.#enter("end-requested");
    this.#close(reason);
  }

  /** Nobody comes to hear the end any more. */
  stopWaiting(): void {
    if (!this.isEnding || this.hasClient) return;
    this.#patienceEndsAt = undefined;
    this.#tell();
    this.#arm();
  }

  /** Completes the log without waiting for its next tick, for a process that is about to end. */
  finishLog(): void {
    this.#recorder?.finishNow();
  }

  async #startShell(inputs: SessionInputs): Promise<void> {
    const { node, settings, isLogGroupEncrypted } = this.#deps;
    const start = await startShell(node, { inputs, runAsUser: this.#task.runAsUser, isLogGroupEncrypted });
    const steps = [...this.#decision.steps, ...start.steps];
    if (start.type === "started") {
      this.#decision = { steps, outcome: "run", runAsUser: start.userName };
      await this.#adoptShell(start, inputs);
      return;
    }
    this.#decision = { steps, outcome: "refused", refusal: start.output };
    this.#publish();
    if (start.delayed) await this.#sleep(settings.startErrorDelayMs);
    this.#fail(start.output);
  }

  async #adoptShell(start: Extract<ShellStart, { type: "started" }>, inputs: SessionInputs): Promise<void> {
    if (this.isEnding) return start.terminal.terminate();
    const { clock, sink, onError, settings } = this.#deps;
    const { sessionId, principal, target } = this.#task;
    this.#recorder = new SessionRecorder({
      clock,
      sink,
      context: {
        awsRegion: settings.region,
        target,
        sessionOwner: principal.arn,
        runAsUser: start.userName,
        sessionId,
      },
    });
    this.#shell = new Shell(start.terminal, {
      clock,
      onOutput: (bytes) => this.#shellOutput(bytes),
      onEnd: () => this.#shellEnded(),
      onError: (error) => onError(error, "using the terminal"),
    });
    this.#shell.typeProfile(inputs.shellProfile.linux);
    this.#publish();
    this.#apply(this.#channel.acceptInput(clock.now()));
  }

  #shellOutput(bytes: Uint8Array): void {
    if (this.isEnding) return;
    const now = this.#clock.now();
    this.#idle.activity(now);
    this.#recorder?.append(bytes);
    this.#apply(this.#channel.sendOutput(bytes, now));
    if (!this.#channel.writable) this.#shell?.pause();
  }

  #shellEnded(): void {
    if (this.isEnding) return;
    this.#enter("shell-ended");
    this.#close("");
  }

  #clientLost(): void {
    this.#connection = undefined;
    this.#channel.detachClient();
    const patienceMs = this.isEnding ? lingerAfterCloseMs : this.#deps.settings.resumeGraceMs;
    this.#patienceEndsAt = this.#isTold ? undefined : this.#clock.now() + patienceMs;
    this.#enter("client-lost");
    this.#arm();
  }

  #fail(output: string): void {
    if (this.isEnding) return;
    this.#enter("start-failed");
    this.#close(output);
  }

  /** Lets the client have what is on its way, then the closing message; meanwhile ends what is on the node. */
  #close(output: string): void {
    this.#closingOutput = output;
    this.#publish();
    this.#endSleep();
    this.#apply(this.#channel.close(output, this.#clock.now()));
    // The client of a node that never answered is let in only now.
    if (this.#inputs === undefined && this.#connection !== undefined) {
      this.#apply(this.#channel.attachClient(this.#clock.now()));
    }
    this.#cleanUp()
      .catch((error: unknown) => this.#deps.onError(error, "ending what is left on the node"))
      .finally(() => {
        this.#endedAt = this.#clock.now();
        if (this.#status === "Terminating") this.#enter("cleaned-up");
        this.#publish();
        this.#whenEnded.resolve();
      });
  }

  async #cleanUp(): Promise<void> {
    const logged = this.#recorder?.finish();
    try {
      await this.#starting;
      await this.#shell?.terminate();
    } finally {
      await logged;
    }
  }

  #enter(event: SessionEvent): void {
    this.#status = nextStatus(this.#status, event);
    this.#publish();
  }

  #publish(): void {
    this.#deps.onChange({
      status: this.#status,
      runAsUser: this.#decision.runAsUser,
      decision: this.#decision,
      closingOutput: this.#closingOutput,
      endedAt: this.#endedAt,
    });
  }

  /** Carries out what the channel's machine asks for, in order, then waits for its next deadline. */
  #apply(effects: readonly DataChannelEffect[]): void {
    for (const effect of effects) this.#perform(effect);
    this.#arm();
  }

  #perform(effect: DataChannelEffect): void {
    switch (effect.type) {
      case "send":
        this.#connection?.send(effect.frame);
        break;
      case "input":
        this.#input(effect.bytes);
        break;
      case "resize":
        this.#shell?.resize({ columns: effect.columns, rows: effect.rows });
        break;
      case "writable":
        this.#shell?.resume();
        break;
      case "failed":
        this.#fail(handshakeFailure(effect.reason));
        break;
      case "terminate-requested":
        this.terminate();
        break;
      case "closed":
        this.#patienceEndsAt = this.#clock.now() + lingerAfterCloseMs;
        this.#tell();
        break;
      case "client-ready":
        break;
    }
  }

  #input(bytes: Uint8Array): void {
    const shell = this.#shell;
    if (shell === undefined) return;
    this.#idle.activity(this.#clock.now());
    const taken = shell.input(bytes);
    if (shell.backlogBytes <= maxInputBacklogBytes) return;
    this.#channel.holdInput();
    void taken.then(() => this.#apply(this.#channel.acceptInput(this.#clock.now())));
  }

  #arm(): void {
    this.#cancelDeadline();
    const deadlines = [
      this.#channel.nextDeadline(),
      this.#patienceEndsAt,
      this.isEnding ? undefined : this.#idle.nextDeadline(),
    ].filter((deadline) => deadline !== undefined);
    if (deadlines.length === 0) return;
    this.#cancelDeadline = this.#clock.at(Math.min(...deadlines), () => this.#onDeadline());
  }

  #onDeadline(): void {
    const now = this.#clock.now();
    if (this.#patienceEndsAt !== undefined && now >= this.#patienceEndsAt) {
      this.#patienceEndsAt = undefined;
      this.#losePatience();
    }
    const reason = this.isEnding ? undefined : this.#idle.expired(now);
    if (reason !== undefined) this.terminate(reason);
    this.#apply(this.#channel.onDeadline(now));
  }

  #losePatience(): void {
    if (this.isEnding) this.#tell();
    else this.terminate();
    this.#connection?.close();
  }

  #tell(): void {
    this.#isTold = true;
    this.#whenTold.resolve();
  }

  /** Ends early when the session does. */
  #sleep(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.at(this.#clock.now() + delayMs, resolve);
    this.#endSleep = () => {
      cancel();
      resolve();
    };
    return promise;
  }
}
