import {
  LiveSession,
  type LiveSessionSettings,
  type SessionChange,
} from "../../emulator/agent/live-session.ts";
import { LiveSessions, type LiveSessionsOptions } from "../../emulator/agent/live-sessions.ts";
import { type AgentReading, readAsAgent } from "../../emulator/documents/read-as-agent.ts";
import type { SessionDocumentContent } from "../../emulator/documents/session-document.ts";
import type { StartSessionTask } from "../../emulator/operations/ports/session-control.ts";
import type { LogEventMessage } from "../../emulator/sessionlog/log-event.ts";
import { FakeNode } from "../helpers/fake-node.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { countingRandomness } from "../helpers/operation-context.ts";
import { userPrincipal } from "../helpers/principals.ts";
import { TestClient } from "./test-client.ts";

/** A shell document with these inputs, as the agent reads it. */
export function shellReading(inputs: Readonly<Record<string, unknown>> = {}): AgentReading {
  return documentReading({ inputs });
}

/** A document with these members, as the agent reads it. */
export function documentReading(members: Partial<SessionDocumentContent> = {}): AgentReading {
  return readAsAgent({
    schemaVersion: "1.0",
    description: undefined,
    sessionType: "Standard_Stream",
    inputs: {},
    parameters: {},
    properties: {},
    ...members,
  });
}

/** A command document for Linux nodes, as the agent reads it. */
export function commandReading(
  sessionType: "InteractiveCommands" | "NonInteractiveCommands",
  linux: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, unknown>> = {},
): AgentReading {
  return documentReading({ sessionType, inputs, properties: { linux } });
}

export const unparsableReading: AgentReading = { type: "unparsable", reason: "invalid parameter type" };

/** alice's session on the fake node, with Run As off unless the inputs say more. */
export function sessionTask(overrides: Partial<StartSessionTask> = {}): StartSessionTask {
  return {
    sessionId: "alice-00000000000000001",
    target: "i-0a1b2c3d4e5f60718",
    documentName: "SSM-SessionManagerRunShell",
    document: shellReading(),
    runAsUser: "",
    principal: userPrincipal("alice"),
    reason: undefined,
    decision: { steps: [], outcome: "pending" },
    ...overrides,
  };
}

export const testSettings: LiveSessionSettings = {
  region: "us-east-1",
  startErrorDelayMs: 2_000,
  resumeGraceMs: 60_000,
};

export interface SessionBench {
  readonly clock: ManualClock;
  readonly node: FakeNode;
  readonly session: LiveSession;
  readonly changes: SessionChange[];
  readonly events: LogEventMessage[];
  readonly errors: unknown[];
  /** The newest change. */
  now(): SessionChange;
  /** Attaches a client that does what a client does, and lets it. */
  connect(client?: TestClient): Promise<TestClient>;
}

/** One live session on a fake node, not yet begun. */
export function sessionBench(
  options: {
    readonly task?: Partial<StartSessionTask>;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly node?: FakeNode;
    readonly encryptedGroups?: readonly string[];
    /** By default one clock is both. */
    readonly realClock?: ManualClock;
  } = {},
): SessionBench {
  const { node = new FakeNode(), inputs, encryptedGroups = [] } = options;
  const clock = new ManualClock();
  const { realClock = clock } = options;
  const changes: SessionChange[] = [];
  const events: LogEventMessage[] = [];
  const errors: unknown[] = [];
  let messages = 0;
  const document = shellReading(inputs);
  const session = new LiveSession(sessionTask({ document, ...options.task }), {
    clock,
    realClock,
    node,
    agentVersion: "3.3.1957.0",
    settings: testSettings,
    newMessageId: () => `00000000-0000-4000-8000-${String(++messages).padStart(12, "0")}`,
    newToken: (length) => "t".repeat(length),
    isLogGroupEncrypted: (name) => encryptedGroups.includes(name),
    decryptDataKey: () => ({ type: "failed", reason: "NotFoundException: no KMS here" }),
    sink: (batch) => void events.push(...batch),
    onChange: (change) => changes.push(change),
    onError: (error) => errors.push(error),
  });
  return {
    clock,
    node,
    session,
    changes,
    events,
    errors,
    now() {
      const change = changes.at(-1);
      if (change === undefined) throw new Error("the session has not told anything yet");
      return change;
    },
    async connect(client = new TestClient()) {
      client.connect((connection) => session.attach(connection));
      await clock.advance(0);
      return client;
    },
  };
}

/** The sessions of an account, on that one node. */
export function newLiveSessions(
  options: Pick<LiveSessionsOptions, "clock" | "state"> &
    Partial<LiveSessionsOptions> & { readonly on: FakeNode },
): LiveSessions {
  return new LiveSessions({
    realClock: options.clock,
    random: countingRandomness(),
    settings: testSettings,
    accountId: "000000000000",
    node: (id) => (id === options.on.nodeId ? options.on : undefined),
    agentVersion: () => "3.3.1957.0",
    onEvent: () => {},
    onError: () => {},
    ...options,
  });
}

/** A session with a shell that has printed its first prompt, and with a client that has told its size. */
export async function openSession(
  options: Parameters<typeof sessionBench>[0] = {},
): Promise<SessionBench & { readonly client: TestClient }> {
  const bench = sessionBench(options);
  bench.session.begin();
  const client = await bench.connect();
  bench.node.terminal.print("$ ");
  await (options.realClock ?? bench.clock).advance(40);
  return { ...bench, client };
}
