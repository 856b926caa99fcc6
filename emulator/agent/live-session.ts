import type { Decision } from "../access/decision.ts";
import type { Clock, EpochMillis } from "../clock.ts";
import { DeadlineTimer } from "../deadline-timer.ts";
import { defaultIdleMinutes } from "../documents/read-as-agent.ts";
import type { SessionDocument, SessionInputs } from "../documents/session-document.ts";
import type { StartSessionTask } from "../operations/ports/session-control.ts";
import { encodeChannelClosed } from "../protocol/channel-closed.ts";
import type { DataChannel, DataChannelEffect } from "../session/data-channel.ts";
import { IdleTimer } from "../session/idle-timer.ts";
import { nextStatus, type SessionEvent, type SessionStatus } from "../session/lifecycle.ts";
import type { AttachedClient, ClientConnection } from "./client-connection.ts";
import { DataChannelToken } from "./data-channel-token.ts";
import { neverAnswered } from "./decide-shell.ts";
import { handshakeFailure } from "./failure-texts.ts";
import type { ManagedNode } from "./managed-node.ts";
import { describeStart, PluginRun } from "./plugin-run.ts";
import { openSessionChannel, requiresHandshake, type SessionChannelOptions } from "./session-channel.ts";
import type { OutputKind, PluginStart } from "./session-plugin.ts";
import { type SessionLogSink, SessionRecorder } from "./session-recorder.ts";
import { startPlugin } from "./start-plugin.ts";

export interface LiveSessionSettings {
  readonly region: string;
  /** The agent sleeps this long before it reports that a shell could not be started. */
  readonly startErrorDelayMs: number;
  /** How long a session waits for a client that was lost, or that never came. */
  readonly resumeGraceMs: number;
}

export interface LiveSessionDependencies extends SessionChannelOptions {
  /** By which a session gets old: it can be put forward. */
  readonly clock: Clock;
  /**
   * By which the client and the shell are waited for. They live no faster when the other clock is put forward: an
   * acknowledge that is on its way would be overdue by an hour.
   */
  readonly realClock: Clock;
  readonly node: ManagedNode;
  readonly settings: LiveSessionSettings;
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

/**
 * Told to a client whose place another has taken, with a newer token.
 * @unverified The text; two clients of one real session would settle it.
 */
const replacedText = "Another client has taken over this session.";
/** How long a client may keep its connection after the closing message, or take to come back for it. */
const lingerAfterCloseMs = 2_000;

/**
 * One session from the task to its end: joins the data channel's machine, the plugin on the node and the log, and owns
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
  readonly #run: PluginRun;
  readonly #whenEnded = Promise.withResolvers<void>();
  readonly #whenTold = Promise.withResolvers<void>();
  /** While the client takes no more output. */
  #room: PromiseWithResolvers<void> | undefined;
  #status: SessionStatus = "Connecting";
  #decision: Decision;
  #closingOutput: string | undefined;
  #endedAt: EpochMillis | undefined;
  #connection: ClientConnection | undefined;
  #recorder: SessionRecorder | undefined;
  #isTold = false;
  /** When a session without a client is given up. */
  #graceEndsAt: EpochMillis | undefined;
  /** When a client that lingers after the end is dropped, or is no longer expected back; by the real clock. */
  #lingerEndsAt: EpochMillis | undefined;
  readonly #timer: DeadlineTimer;
  readonly #realTimer: DeadlineTimer;

  constructor(task: StartSessionTask, dependencies: LiveSessionDependencies) {
    const { clock, realClock, settings } = dependencies;
    this.token = new DataChannelToken(dependencies.newToken);
    this.ended = this.#whenEnded.promise;
    this.told = this.#whenTold.promise;
    this.#task = task;
    this.#inputs = task.document.type === "parsed" ? task.document.document.inputs : undefined;
    this.#clock = clock;
    this.#realClock = realClock;
    this.#deps = dependencies;
    this.#decision = task.decision;
    this.#channel = openSessionChannel(task, dependencies);
    this.#run = new PluginRun({
      clock,
      startErrorDelayMs: settings.startErrorDelayMs,
      onDecided: (start) => this.#decided(start),
      onStarted: () => this.#apply(this.#channel.acceptInput(realClock.now())),
      onRefused: ({ output }) => this.#fail(output),
      onFailed: (error) => {
        dependencies.onError(error, "starting the session on the node");
        this.#fail("");
      },
      show: ({ text, kind }) => void this.#output(Buffer.from(text), kind),
    });
    this.#timer = new DeadlineTimer(clock, () => this.#onDeadline());
    this.#realTimer = new DeadlineTimer(realClock, () => this.#onRealDeadline());
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

  get #isPort(): boolean {
    const { document } = this.#task;
    return document.type === "parsed" && document.document.sessionType === "Port";
  }

  get hasClient(): boolean {
    return this.#connection !== undefined;
  }

  /** Something has begun that ends without more time passing: a start, or the end with all that belongs to it. */
  get isBusy(): boolean {
    if (!this.isEnding) return this.#run.deciding !== undefined;
    return this.#endedAt === undefined || (this.hasClient && !this.#isTold);
  }

  /** The node has the task: a shell starts, whether or not a client is there yet; the rest waits for the handshake. */
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
    this.#apply(this.#channel.begin(this.#realClock.now()));
    if (!requiresHandshake(document.document)) this.#start(document.document, undefined);
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
    await this.#run.deciding?.catch(() => undefined);
    if (!this.isEnding) return;
    this.#recorder?.finishNow();
    await Promise.all([this.ended, this.hasClient && this.told]);
  }

  #clientReady(clientVersion: string | undefined): void {
    const { document } = this.#task;
    if (document.type === "unparsable" || this.isEnding) return;
    if (requiresHandshake(document.document)) this.#start(document.document, clientVersion);
  }

  #start(document: SessionDocument, clientVersion: string | undefined): void {
    const { node, agentVersion, isLogGroupEncrypted } = this.#deps;
    const { runAsUser } = this.#task;
    const task = { document, runAsUser, isLogGroupEncrypted, agentVersion, clientVersion };
    const host = {
      output: (bytes: Uint8Array, kind?: OutputKind) => this.#output(bytes, kind),
      flag: (value: number) => this.#apply(this.#channel.sendFlag(value, this.#realClock.now())),
      ended: (failure?: string) => this.#pluginEnded(failure),
      onError: (error: unknown) => this.#deps.onError(error, "using what the session has on the node"),
    };
    const { realClock } = this.#deps;
    this.#run.start((signal) => startPlugin(node, task, { host, realClock, signal }));
  }

  #decided(start: PluginStart): void {
    const { steps, ...outcome } = describeStart(start);
    this.#decision = { steps: [...this.#decision.steps, ...steps], ...outcome };
    // What a port carries is nobody's log. @see agent-behaviour reference, section 4.7
    if (start.type === "started" && !this.#isPort) this.#recorder = this.#record(start.userName);
    this.#publish();
  }

  #record(runAsUser: string): SessionRecorder {
    const { clock, sink, settings } = this.#deps;
    const { sessionId, principal, target } = this.#task;
    const context = { awsRegion: settings.region, target, sessionOwner: principal.arn, runAsUser, sessionId };
    return new SessionRecorder({ clock, sink, context });
  }

  #output(bytes: Uint8Array, kind?: OutputKind): Promise<void> | undefined {
    if (this.isEnding) return undefined;
    this.#idle.activity(this.#clock.now());
    this.#recorder?.append(bytes);
    this.#apply(this.#channel.sendOutput(bytes, this.#realClock.now(), kind));
    if (this.#channel.writable) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  #giveRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #pluginEnded(failure: string | undefined): void {
    if (this.isEnding) return;
    this.#enter(failure === undefined ? "plugin-ended" : "start-failed");
    this.#close(failure ?? "");
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
    this.#giveRoom();
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
      await this.#run.end();
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
        this.#run.plugin?.resize({ columns: effect.columns, rows: effect.rows });
        break;
      case "flag":
        this.#run.plugin?.flag(effect.value);
        break;
      case "writable":
        this.#giveRoom();
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
        this.#clientReady(effect.clientVersion);
        break;
    }
  }

  #input(bytes: Uint8Array): void {
    this.#idle.activity(this.#clock.now());
    const taken = this.#run.plugin?.input(bytes);
    if (taken === undefined) return;
    this.#channel.holdInput();
    void taken.then(() => this.#apply(this.#channel.acceptInput(this.#realClock.now())));
  }

  #arm(): void {
    this.#timer.arm(first(this.#graceEndsAt, this.isEnding ? undefined : this.#idle.nextDeadline()));
    this.#realTimer.arm(first(this.#lingerEndsAt, this.#channel.nextDeadline()));
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
}

function first(...times: readonly (EpochMillis | undefined)[]): EpochMillis | undefined {
  const pending = times.filter((time) => time !== undefined);
  return pending.length === 0 ? undefined : Math.min(...pending);
}
