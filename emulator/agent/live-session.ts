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
import { neverAnswered } from "./decide-shell.ts";
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
  /** By which a session gets old: it can be put forward. */
  readonly clock: Clock;
  /**
   * By which the client and the shell are waited for. They live no faster when the other clock is put forward: an
   * acknowledge that is on its way would be overdue by an hour.
   */
  readonly realClock: Clock;
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
 * their timers, one by either clock. It knows nothing of sockets and engines.
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
  readonly #realClock: Clock;
  readonly #deps: LiveSessionDependencies;
  readonly #channel: DataChannel;
  readonly #idle: IdleTimer;
  readonly #whenEnded = Promise.withResolvers<void>();
  readonly #whenTold = Promise.withResolvers<void>();
  /** Settles when the node has opened the shell or failed to. */
  #starting: Promise<void> = Promise.resolve();
  /** Until the node has answered. */
  #deciding: Promise<unknown> | undefined;
  #endSleep: () => void = () => {};
  #status: SessionStatus = "Connecting";
  #decision: Decision;
  #closingOutput: string | undefined;
  #endedAt: EpochMillis | undefined;
  #connection: ClientConnection | undefined;
  #shell: Shell | undefined;
  #recorder: SessionRecorder | undefined;
  #isTold = false;
  /** When a session without a client is given up. */
  #graceEndsAt: EpochMillis | undefined;
  /** When a client that lingers after the end is dropped, or is no longer expected back; by the real clock. */
  #lingerEndsAt: EpochMillis | undefined;
  #cancelDeadline: () => void = () => {};
  #cancelRealDeadline: () => void = () => {};

  constructor(task: StartSessionTask, dependencies: LiveSessionDependencies) {
    const { clock, realClock, settings, agentVersion, newMessageId } = dependencies;
    this.token = new DataChannelToken(dependencies.newToken);
    this.ended = this.#whenEnded.promise;
    this.told = this.#whenTold.promise;
    this.#task = task;
    this.#inputs = task.document.type === "parsed" ? task.document.document.inputs : undefined;
    this.#clock = clock;
    this.#realClock = realClock;
    this.#deps = dependencies;
    this.#decision = task.decision;
    this.#channel = new DataChannel({ sessionId: task.sessionId, agentVersion, newMessageId });
    const { idleSessionTimeout = defaultIdleMinutes, maxSessionDuration } = this.#inputs ?? {};
    this.#idle = new IdleTimer({
      startedAt: clock.now(),
      idleTimeoutMs: idleSessionTimeout * 60_000,
      maxDurationMs: maxSessionDuration === undefined ? undefined : maxSessionDuration * 60_000,
    });
    this.#graceEndsAt = clock.now() + settings.resumeGraceMs;
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

  /** Something has begun that ends without more time passing: a start, or the end with all that belongs to it. */
  get isBusy(): boolean {
    if (!this.isEnding) return this.#deciding !== undefined;
    return this.#endedAt === undefined || (this.hasClient && !this.#isTold);
  }

  /** The node has the task: the shell starts, whether or not a client is there yet. */
  begin(): void {
    const { document } = this.#task;
    this.#arm();
    if (document.type === "unparsable") {
      const steps = [...this.#decision.steps, ...neverAnswered(document.reason)];
      this.#decision = { ...this.#decision, steps };
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
    this.#graceEndsAt = undefined;
    this.#lingerEndsAt = this.#isTold ? this.#realClock.now() + lingerAfterCloseMs : undefined;
    this.#enter("client-attached");
    // A node that never answers opens no data channel: its client waits in silence.
    if (this.#inputs !== undefined || this.isEnding)
      this.#apply(this.#channel.attachClient(this.#realClock.now()));
    this.#arm();
    const isCurrent = () => this.#connection === connection;
    return {
      receive: (frame) => {
        if (isCurrent()) this.#apply(this.#channel.receive(frame, this.#realClock.now()));
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
        createdAt: this.#realClock.now(),
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
    this.#graceEndsAt = undefined;
    this.#lingerEndsAt = undefined;
    this.#tell();
    this.#arm();
  }

  /**
   * Resolves when a start that was in progress is decided, and an end complete: its client, if it has one, is told.
   * That takes only what node and client take: an ended log's ticks, which are time, are not waited for.
   */
  async settled(): Promise<void> {
    await this.#deciding?.catch(() => undefined);
    if (!this.isEnding) return;
    this.#recorder?.finishNow();
    await Promise.all([this.ended, this.hasClient && this.told]);
  }

  async #startShell(inputs: SessionInputs): Promise<void> {
    const { node, settings, isLogGroupEncrypted } = this.#deps;
    const deciding = startShell(node, { inputs, runAsUser: this.#task.runAsUser, isLogGroupEncrypted });
    this.#deciding = deciding;
    const start = await deciding.finally(() => {
      this.#deciding = undefined;
    });
    const steps = [...this.#decision.steps, ...start.steps];
    if (start.type === "started") {
      this.#decision = { steps, outcome: "run", runAsUser: start.userName };
      await this.#adoptShell(start, inputs);
      return;
    }
    this.#decision = { steps, outcome: "refused", refusal: start.output };
    this.#publish();
    if (start.delayed && !this.isEnding) await this.#sleep(settings.startErrorDelayMs);
    this.#fail(start.output);
  }

  async #adoptShell(start: Extract<ShellStart, { type: "started" }>, inputs: SessionInputs): Promise<void> {
    if (this.isEnding) return start.terminal.terminate();
    const { clock, realClock, sink, onError, settings } = this.#deps;
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
      clock: realClock,
      onOutput: (bytes) => this.#shellOutput(bytes),
      onEnd: () => this.#shellEnded(),
      onError: (error) => onError(error, "using the terminal"),
    });
    this.#shell.typeProfile(inputs.shellProfile.linux);
    this.#publish();
    this.#apply(this.#channel.acceptInput(realClock.now()));
  }

  #shellOutput(bytes: Uint8Array): void {
    if (this.isEnding) return;
    this.#idle.activity(this.#clock.now());
    this.#recorder?.append(bytes);
    this.#apply(this.#channel.sendOutput(bytes, this.#realClock.now()));
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
    this.#graceEndsAt = undefined;
    this.#lingerEndsAt = undefined;
    if (this.isEnding) {
      if (!this.#isTold) this.#lingerEndsAt = this.#realClock.now() + lingerAfterCloseMs;
    } else this.#graceEndsAt = this.#clock.now() + this.#deps.settings.resumeGraceMs;
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
    this.#apply(this.#channel.close(output, this.#realClock.now()));
    // The client of a node that never answered is let in only now.
    if (this.#inputs === undefined && this.#connection !== undefined) {
      this.#apply(this.#channel.attachClient(this.#realClock.now()));
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
        this.#lingerEndsAt = this.#realClock.now() + lingerAfterCloseMs;
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
    void taken.then(() => this.#apply(this.#channel.acceptInput(this.#realClock.now())));
  }

  #arm(): void {
    this.#cancelDeadline();
    this.#cancelRealDeadline();
    this.#cancelDeadline = callAtFirst(
      this.#clock,
      [this.#graceEndsAt, this.isEnding ? undefined : this.#idle.nextDeadline()],
      () => this.#onDeadline(),
    );
    this.#cancelRealDeadline = callAtFirst(
      this.#realClock,
      [this.#lingerEndsAt, this.#channel.nextDeadline()],
      () => this.#onRealDeadline(),
    );
  }

  #onDeadline(): void {
    const now = this.#clock.now();
    if (this.#graceEndsAt !== undefined && now >= this.#graceEndsAt) {
      this.#graceEndsAt = undefined;
      this.terminate();
      this.#tell();
    }
    const reason = this.isEnding ? undefined : this.#idle.expired(now);
    if (reason !== undefined) this.terminate(reason);
    this.#arm();
  }

  #onRealDeadline(): void {
    const now = this.#realClock.now();
    if (this.#lingerEndsAt !== undefined && now >= this.#lingerEndsAt) {
      this.#lingerEndsAt = undefined;
      this.#tell();
      this.#connection?.close();
    }
    this.#apply(this.#channel.onDeadline(now));
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

function callAtFirst(
  clock: Clock,
  deadlines: readonly (EpochMillis | undefined)[],
  callback: () => void,
): () => void {
  const pending = deadlines.filter((deadline) => deadline !== undefined);
  return pending.length === 0 ? () => {} : clock.at(Math.min(...pending), callback);
}
