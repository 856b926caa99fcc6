import { randomUUID } from "node:crypto";
import type { Clock, EpochMillis } from "../clock.ts";
import { ServiceException } from "../errors.ts";
import type { Randomness } from "../operations/operation.ts";
import type { AccountState } from "../operations/ports/account-state.ts";
import type { SessionControl, StartSessionTask } from "../operations/ports/session-control.ts";
import type { SessionEvent } from "../operations/ports/session-events.ts";
import type { SessionRecord } from "../operations/ports/session-record.ts";
import { systemTags } from "../operations/ssm/shared/system-tags.ts";
import { encodeChannelClosed } from "../protocol/channel-closed.ts";
import type { LogEventMessage } from "../sessionlog/log-event.ts";
import type { AttachedClient, ClientConnection, DataChannels } from "./client-connection.ts";
import { decryptDataKey } from "./decrypt-data-key.ts";
import { LiveSession, type LiveSessionSettings, type SessionChange } from "./live-session.ts";
import { isLogGroupEncrypted, streamToLogGroup } from "./log-group-sink.ts";
import type { ManagedNode } from "./managed-node.ts";
import { untilSettled } from "./until-settled.ts";

export interface LiveSessionsOptions {
  readonly clock: Clock;
  /** Never put forward. @see LiveSessionDependencies */
  readonly realClock: Clock;
  readonly random: Randomness;
  readonly settings: LiveSessionSettings;
  readonly accountId: string;
  /** The account as it is now; a reset swaps it. */
  readonly state: () => AccountState;
  readonly node: (nodeId: string) => ManagedNode | undefined;
  /** Four numeric parts; clients choose their manners by it. */
  readonly agentVersion: (nodeId: string) => string;
  /** Called with each event besides what the state keeps. */
  readonly onEvent: (event: SessionEvent) => void;
  readonly onError: (error: unknown, sessionId: string, during: string) => void;
}

/** Sessions that can be open at once; each holds a process on a node. */
const maxSessions = 5_000;
/** Sessions that the API and the admin API can tell of. */
const maxRecords = 20_000;

/**
 * Told to a client whose token opens nothing.
 * @unverified The text; a real data channel opened with a used token would settle it.
 */
const tokenRefusal = "The token is invalid, was used before, or has expired.";

/** The sessions that are alive, and the doors to them: the API's and the data channel's. */
export class LiveSessions implements SessionControl, DataChannels {
  readonly #options: LiveSessionsOptions;
  readonly #sessions = new Map<string, LiveSession>();
  #closedDoors = 0;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
  }

  start(task: StartSessionTask): { readonly tokenValue: string } {
    const { clock, realClock, random, settings, accountId, onError } = this.#options;
    const { region } = settings;
    const node = this.#options.node(task.target);
    if (node === undefined)
      throw new ServiceException("TargetNotConnected", `${task.target} is not connected.`);
    if (this.#closedDoors > 0)
      throw new ServiceException("ServiceUnavailableException", "The emulator is ending all sessions.");
    if (this.#sessions.size >= maxSessions)
      throw new ServiceException("ThrottlingException", "Rate exceeded");
    const state = this.#options.state();
    forgetOldest(state);
    const startedAt = clock.now();
    const session = new LiveSession(task, {
      clock,
      realClock,
      node,
      agentVersion: this.#options.agentVersion(task.target),
      settings,
      newMessageId: randomUUID,
      newToken: random.base64,
      isLogGroupEncrypted: (name) => isLogGroupEncrypted(state, name),
      decryptDataKey: (request) => decryptDataKey(request, { state, now: clock.now(), accountId, region }),
      sink: this.#sinkOf(task, state),
      onChange: (change) => state.sessions.put(task.sessionId, toRecord(task, startedAt, change)),
      onError: (error, during) => onError(error, task.sessionId, during),
    });
    this.#sessions.set(task.sessionId, session);
    void Promise.all([session.ended, session.told]).then(() => this.#sessions.delete(task.sessionId));
    session.begin();
    return { tokenValue: session.token.issue(startedAt) };
  }

  resume(sessionId: string): { readonly tokenValue: string } | undefined {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.isEnding) return undefined;
    return { tokenValue: session.token.issue(this.#options.clock.now()) };
  }

  terminate(sessionId: string): void {
    this.#sessions.get(sessionId)?.terminate();
  }

  attach(request: {
    readonly sessionId: string;
    readonly tokenValue: string;
    readonly connection: ClientConnection;
  }): AttachedClient | { readonly refusal: Uint8Array } {
    const now = this.#options.clock.now();
    const session = this.#sessions.get(request.sessionId);
    if (session?.token.redeem(request.tokenValue, now)) return session.attach(request.connection);
    const { sessionId } = request;
    return {
      refusal: encodeChannelClosed({
        messageId: randomUUID(),
        createdAt: now,
        destinationId: sessionId,
        sessionId,
        output: tokenRefusal,
      }),
    };
  }

  /** A node is gone: its sessions end with it. @unverified What the client is told; a stopped instance would settle it. */
  nodeLost(nodeId: string): void {
    for (const session of this.#sessions.values()) {
      if (session.target === nodeId) session.terminate();
    }
  }

  /**
   * Ends all sessions and lets none start until `action` is done, which runs when nothing of them is left, their logs are
   * complete and their clients are told.
   */
  async terminateAll(action: () => Promise<void>): Promise<void> {
    this.#closedDoors += 1;
    try {
      await this.#terminateAll();
      await action();
    } finally {
      this.#closedDoors -= 1;
    }
  }

  async #terminateAll(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    for (const session of sessions) session.terminate();
    await Promise.all(sessions.map((session) => session.settled()));
    for (const session of sessions) session.stopWaiting();
  }

  /**
   * Resolves when every start that was in progress is decided, and every session that is ending has ended, its log is
   * complete and its client is told. Nodes and clients answer in real time, so this needs no other clock to run.
   * @throws ManagedNodeError when that takes more than 30 seconds
   */
  async settled(): Promise<void> {
    await untilSettled(this.#options.realClock, () =>
      [...this.#sessions].filter(([, session]) => session.isBusy),
    );
  }

  #sinkOf(task: StartSessionTask, state: AccountState) {
    const { sessionId, document } = task;
    const inputs = document.type === "parsed" ? document.document.inputs : undefined;
    const stream =
      inputs?.cloudWatchStreamingEnabled && inputs.cloudWatchLogGroupName !== ""
        ? streamToLogGroup(state, { groupName: inputs.cloudWatchLogGroupName, streamName: sessionId })
        : undefined;
    return (events: readonly LogEventMessage[]) => {
      stream?.(events);
      for (const { timestamp, message } of events) {
        const event = { sessionId, timestamp, message };
        state.sessionEvents.append(event);
        this.#options.onEvent(event);
      }
    };
  }
}

/** Keeps the history from growing without end; live sessions stay. */
function forgetOldest({ sessions }: AccountState): void {
  const records = [...sessions.values()];
  const ended = records.filter(({ endedAt }) => endedAt !== undefined);
  for (const { sessionId } of ended.slice(0, Math.max(0, records.length - maxRecords))) {
    sessions.delete(sessionId);
  }
}

function toRecord(task: StartSessionTask, startedAt: EpochMillis, change: SessionChange): SessionRecord {
  const inputs = task.document.type === "parsed" ? task.document.document.inputs : undefined;
  return {
    sessionId: task.sessionId,
    target: task.target,
    startedAt,
    documentName: task.documentName,
    ownerArn: task.principal.arn,
    ownerUserId: task.principal.userId,
    tags: systemTags(task),
    reason: task.reason,
    maxSessionDuration: inputs?.maxSessionDuration?.toString(),
    ...change,
  };
}
