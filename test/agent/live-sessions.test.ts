import { beforeEach, describe, expect, it } from "vitest";
import { AdvanceableClock } from "../../emulator/advanceable-clock.ts";
import type { AttachedClient } from "../../emulator/agent/client-connection.ts";
import type { LiveSessions } from "../../emulator/agent/live-sessions.ts";
import type { StartSessionTask } from "../../emulator/operations/ports/session-control.ts";
import type { SessionEvent } from "../../emulator/operations/ports/session-events.ts";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeChannelClosed } from "../../emulator/protocol/channel-closed.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { FakeNode } from "../helpers/fake-node.ts";
import { ManualClock, settled } from "../helpers/manual-clock.ts";
import { refusal as refusalOf } from "../helpers/refusal.ts";
import {
  newLiveSessions,
  sessionTask,
  shellReading,
  testSettings,
  unparsableReading,
} from "./session-bench.ts";
import { TestClient } from "./test-client.ts";

const minuteMs = 60_000;
const nodeId = "i-0a1b2c3d4e5f60718";
const sessionId = sessionTask().sessionId;

let clock: ManualClock;
let node: FakeNode;
let state: ReturnType<typeof createMemoryState>;
let events: SessionEvent[];
let sessions: LiveSessions;

beforeEach(() => {
  clock = new ManualClock();
  node = new FakeNode();
  state = createMemoryState();
  events = [];
  sessions = newLiveSessions({
    clock,
    on: node,
    state: () => state,
    onEvent: (event) => events.push(event),
  });
});

function start(overrides: Partial<StartSessionTask> = {}): string {
  return sessions.start(sessionTask(overrides)).tokenValue;
}

/** The attached client, or the text of its refusal. */
function present(tokenValue: string, client = new TestClient(), id = sessionId): AttachedClient | string {
  let outcome: AttachedClient | string = "";
  client.connect((connection) => {
    const attached = sessions.attach({ sessionId: id, tokenValue, connection });
    if (!("refusal" in attached)) {
      outcome = attached;
      return attached;
    }
    const { messageType, payload } = decodeAgentMessage(attached.refusal);
    outcome = `${messageType}: ${decodeChannelClosed(payload).output}`;
    return { receive: () => {}, lost: () => {} };
  });
  return outcome;
}

const refusal = "channel_closed: The token is invalid, was used before, or has expired.";

describe("a data channel", () => {
  it("opens with the session's token", () => {
    expect(present(start())).toMatchObject({ receive: expect.any(Function) });
  });

  it("is refused with a closing message, not to a plugin's retries, for a token that opens nothing", () => {
    const token = start();
    expect(present(token, new TestClient(), "bob-00000000000000001")).toBe(refusal);
    expect(present("another", new TestClient())).toBe(refusal);
    expect(present(token)).not.toBe(refusal);
    expect(present(token)).toBe(refusal);
  });

  it("is refused for a token that has expired", async () => {
    const token = start({ document: shellReading({ idleSessionTimeout: "60" }) });
    const client = new TestClient();
    present(token, client);
    const older = sessions.resume(sessionId)?.tokenValue ?? "";
    await clock.advance(5 * minuteMs);
    expect(present(older)).toBe(refusal);
    expect(present(sessions.resume(sessionId)?.tokenValue ?? "")).not.toBe(refusal);
  });

  it("does not open with one session's token to another", () => {
    const token = start();
    start({ sessionId: "bob-00000000000000001" });
    expect(present(token, new TestClient(), "bob-00000000000000001")).toBe(refusal);
  });
});

describe("resume", () => {
  it("gives the one token that is good", () => {
    const first = start();
    const second = sessions.resume(sessionId)?.tokenValue ?? "";
    expect(present(first)).toBe(refusal);
    expect(present(second)).not.toBe(refusal);
  });

  it("gives nothing for a session that ends, has ended or never was", async () => {
    start();
    sessions.terminate(sessionId);
    expect(sessions.resume(sessionId)).toBeUndefined();
    await clock.advance(10 * minuteMs);
    expect(sessions.resume(sessionId)).toBeUndefined();
    expect(sessions.resume("bob-00000000000000001")).toBeUndefined();
  });

  it("lets a lost client go on where it was", async () => {
    const client = new TestClient();
    present(start(), client);
    await clock.advance(0);
    node.terminal.print("$ ");
    client.answers = false;
    await clock.advance(0);
    client.lose();
    await clock.advance(1_000);
    client.answers = true;
    present(sessions.resume(sessionId)?.tokenValue ?? "", client);
    node.terminal.print("more");
    await clock.advance(1_000);
    expect(client.output).toBe("$ more");
  });
});

describe("a session's record", () => {
  it("is there as soon as the session is, and follows it to its end", async () => {
    const startedAt = clock.now();
    start({ reason: "INC-1", document: shellReading({ maxSessionDuration: "60" }) });
    expect(state.sessions.get(sessionId)).toMatchObject({
      sessionId,
      target: nodeId,
      status: "Connected",
      startedAt,
      documentName: "SSM-SessionManagerRunShell",
      ownerArn: "arn:aws:iam::000000000000:user/alice",
      ownerUserId: "AIDAALICE",
      tags: [
        { key: "aws:ssmmessages:target-id", value: nodeId },
        { key: "aws:ssmmessages:session-id", value: "AIDAALICE" },
      ],
      reason: "INC-1",
      maxSessionDuration: "60",
      runAsUser: undefined,
      endedAt: undefined,
    });
    await clock.advance(500);
    sessions.terminate(sessionId);
    await clock.advance(2_000);
    expect(state.sessions.get(sessionId)).toMatchObject({ status: "Terminated", runAsUser: "ssm-user" });
    expect(state.sessions.get(sessionId)?.endedAt).toBeGreaterThan(startedAt);
  });
});

describe("a session's log events", () => {
  const streaming = { cloudWatchLogGroupName: "/sessions", cloudWatchStreamingEnabled: true };
  const group = { name: "/sessions", createdAt: 0, kmsKeyId: undefined, logGroupClass: "STANDARD" };

  async function startAndPrint(inputs: Readonly<Record<string, unknown>>) {
    start({ document: shellReading(inputs) });
    await clock.advance(0);
    node.terminal.print("hello\r\n");
    await clock.advance(1_000);
    return state.logEvents.read("/sessions", sessionId).map(({ message }) => message);
  }

  it("reach the account and the listener, whatever the preferences say", async () => {
    await startAndPrint({});
    expect(events).toMatchObject([
      { sessionId, message: expect.stringContaining('"sessionData":["hello"]') },
    ]);
    expect(state.sessionEvents.read(sessionId)).toEqual(events);
  });

  it("are streamed to the log group of the preferences", async () => {
    state.logGroups.put(group.name, group);
    expect(await startAndPrint(streaming)).toEqual(events.map(({ message }) => message));
  });

  it.each([
    ["streaming is off", { ...streaming, cloudWatchStreamingEnabled: false }, true],
    ["no group is named", { ...streaming, cloudWatchLogGroupName: "" }, true],
    ["the group is missing", streaming, false],
  ])("are not streamed when %s", async (_why, inputs, exists) => {
    if (exists) state.logGroups.put(group.name, group);
    expect(await startAndPrint(inputs)).toEqual([]);
    expect([...state.logStreams.values()]).toEqual([]);
    expect(events).toHaveLength(1);
  });

  it.each([
    [undefined, "refused"],
    ["arn:aws:kms:us-east-1:000000000000:key/1", "run"],
  ])(
    "with demanded encryption, and a group with the key %s, let the start be %s",
    async (kmsKeyId, outcome) => {
      state.logGroups.put(group.name, { ...group, kmsKeyId });
      start({ document: shellReading({ ...streaming, cloudWatchEncryptionEnabled: true }) });
      await clock.advance(0);
      expect(state.sessions.get(sessionId)?.decision.outcome).toBe(outcome);
    },
  );

  it("stay in the account the session was started in", async () => {
    start();
    await clock.advance(0);
    const before = state;
    state = createMemoryState();
    node.terminal.print("hello\r\n");
    await clock.advance(1_000);
    expect(before.sessionEvents.read()).toHaveLength(1);
    expect(state.sessionEvents.read()).toEqual([]);
    expect([...state.sessions.values()]).toEqual([]);
  });
});

describe("a lost node", () => {
  it("ends its sessions, and no others", async () => {
    start();
    sessions.nodeLost("i-other");
    expect(state.sessions.get(sessionId)?.status).toBe("Connected");
    sessions.nodeLost(nodeId);
    expect(state.sessions.get(sessionId)?.status).toBe("Terminating");
    await clock.advance(5_000);
    expect(state.sessions.get(sessionId)?.status).toBe("Terminated");
  });
});

describe("a start that cannot be", () => {
  it("on a node that has just gone is refused, and leaves no record", () => {
    expect(refusalOf(() => start({ target: "i-unknown" }))).toEqual({
      code: "TargetNotConnected",
      message: "i-unknown is not connected.",
    });
    expect([...state.sessions.values()]).toEqual([]);
  });

  it("because too many sessions are open is refused", () => {
    for (let open = 0; open < 5_000; open++) start({ sessionId: `alice-${open}` });
    expect(refusalOf(() => start())).toEqual({ code: "ThrottlingException", message: "Rate exceeded" });
  });
});

describe("the history of sessions", () => {
  it("forgets the oldest that have ended when it grows too long, and none that lives", () => {
    start({ sessionId: "alive" });
    const alive = state.sessions.get("alive");
    if (alive === undefined) throw new Error("no record of the live session");
    for (let ended = 0; ended < 20_000; ended++) {
      state.sessions.put(`ended-${ended}`, { ...alive, sessionId: `ended-${ended}`, endedAt: 1 });
    }
    start();
    const kept = [...state.sessions.values()].map(({ sessionId }) => sessionId);
    expect(kept.slice(0, 2)).toEqual(["alive", "ended-1"]);
    expect(kept.at(-1)).toBe(sessionId);
  });
});

describe("ending all sessions", () => {
  it("tells their clients, completes their logs, and leaves nothing behind", async () => {
    const client = new TestClient();
    present(start(), client);
    start({ sessionId: "bob-00000000000000001" });
    await clock.advance(0);
    for (const terminal of node.terminals) terminal.print("last words");
    await sessions.terminateAll(async () => {});
    expect(client.heard.at(-1)).toBe("channel_closed");
    expect(events.map(({ sessionId }) => sessionId)).toEqual([sessionId, "bob-00000000000000001"]);
    expect(node.terminals.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
    expect([...state.sessions.values()].map(({ status }) => status)).toEqual(["Terminated", "Terminated"]);
    client.lose();
    expect(clock.pending).toBe(0);
  });

  it("does not wait for clients that never came", async () => {
    start();
    await sessions.terminateAll(async () => {});
    expect(clock.pending).toBe(0);
    expect(present("any")).toBe(refusal);
  });

  it("waits for a shell that is being started", async () => {
    const opening = Promise.withResolvers<void>();
    node.opening = opening.promise;
    start();
    await clock.advance(0);
    const ended = sessions.terminateAll(async () => {});
    opening.resolve();
    await ended;
    expect(node.terminal.isTerminated).toBe(true);
  });

  it("lets none start before it is over", async () => {
    await sessions.terminateAll(async () => {
      expect(refusalOf(() => start())).toMatchObject({ code: "ServiceUnavailableException" });
    });
    expect(start()).not.toBe("");
  });

  it("waits only shortly for a client that is lost meanwhile", async () => {
    const client = new TestClient();
    client.answers = false;
    present(start(), client);
    await clock.advance(0);
    const ended = sessions.terminateAll(async () => {});
    client.lose();
    await clock.advance(2_000);
    await ended;
    expect(clock.pending).toBe(0);
  });
});

describe("what has begun", () => {
  /** Whether it has settled once every promise is that can be without time or I/O. */
  async function isSettled(settling: Promise<void>): Promise<boolean> {
    let isOver = false;
    void settling.then(() => {
      isOver = true;
    });
    await settled();
    await settled();
    return isOver;
  }

  it("has settled when no session is there, or each goes on", async () => {
    await sessions.settled();
    present(start());
    start({ sessionId: "bob-00000000000000001", document: unparsableReading });
    await clock.advance(0);
    await sessions.settled();
    expect([...state.sessions.values()].map(({ status }) => status)).toEqual(["Connected", "Connecting"]);
  });

  it("is a start until the node has decided", async () => {
    const opening = Promise.withResolvers<void>();
    node.opening = opening.promise;
    start();
    const settling = sessions.settled();
    expect(await isSettled(settling)).toBe(false);
    opening.resolve();
    await settling;
    expect(state.sessions.get(sessionId)?.decision.outcome).toBe("run");
  });

  it("is a start that the node refuses, but not the agent's wait before it says so", async () => {
    start({ document: shellReading({ runAsEnabled: true, runAsDefaultUser: "nobody-here" }) });
    await sessions.settled();
    expect(state.sessions.get(sessionId)).toMatchObject({
      decision: { outcome: "refused" },
      endedAt: undefined,
    });
  });

  it("is a start that fails, with its end", async () => {
    node.failure = new Error("no pty");
    start();
    await sessions.settled();
    expect(state.sessions.get(sessionId)).toMatchObject({ status: "Failed", endedAt: clock.now() });
  });

  it("is an end until nothing is left on the node, and the log is complete without a tick", async () => {
    const ending = Promise.withResolvers<void>();
    start();
    await clock.advance(0);
    node.terminal.ending = ending.promise;
    node.terminal.print("last words");
    sessions.terminate(sessionId);
    const settling = sessions.settled();
    expect(await isSettled(settling)).toBe(false);
    ending.resolve();
    await settling;
    expect(state.sessions.get(sessionId)).toMatchObject({ status: "Terminated", endedAt: clock.now() });
    expect(events).toMatchObject([{ message: expect.stringContaining("last words") }]);
  });

  it("is an end until the client has all output and is told, for as long as it may take", async () => {
    const client = new TestClient();
    present(start(), client);
    await clock.advance(0);
    client.answers = false;
    node.terminal.print("unread");
    sessions.terminate(sessionId);
    const settling = sessions.settled();
    expect(await isSettled(settling)).toBe(false);
    await clock.advance(2_000);
    await settling;
    expect(client.closingOutput).toBe("");
  });

  it("is not an end that nobody is there to hear", async () => {
    start();
    sessions.terminate(sessionId);
    await sessions.settled();
    expect(clock.pending).toBe(1);
  });

  it("is given up after half a minute, by name", async () => {
    node.opening = new Promise(() => {});
    start();
    const settling = sessions.settled();
    const outcome = expect(settling).rejects.toThrow(
      "The node is not done with starting or ending alice-00000000000000001",
    );
    await clock.advance(30_000);
    await outcome;
  });
});

describe("a clock that is put forward", () => {
  let ahead: AdvanceableClock;
  beforeEach(() => {
    ahead = new AdvanceableClock(clock);
    sessions = newLiveSessions({
      clock: ahead,
      realClock: clock,
      on: node,
      state: () => state,
      onEvent: (event) => events.push(event),
    });
  });
  const advance = (ms: number) => ahead.advance(ms, () => sessions.settled());

  it("to the very end of the idle timeout ends the session, completes its log and tells its client", async () => {
    const client = new TestClient();
    present(start(), client);
    await advance(0);
    node.terminal.print("last words");
    const idleSince = ahead.now();
    await advance(20 * minuteMs - 1);
    expect(state.sessions.get(sessionId)?.status).toBe("Connected");
    await advance(1);
    expect(state.sessions.get(sessionId)).toMatchObject({
      status: "Terminated",
      endedAt: idleSince + 20 * minuteMs,
    });
    expect(client.closingOutput).toMatch(/inactivity/);
    expect(events).toMatchObject([{ timestamp: idleSince + 20 * minuteMs }]);
    expect(node.terminal.isTerminated).toBe(true);
  });

  it("ends each session at its own time, while the node takes its own", async () => {
    start({ document: shellReading({ maxSessionDuration: "2" }) });
    await advance(30_000);
    start({ sessionId: "bob-00000000000000001", document: shellReading({ maxSessionDuration: "1" }) });
    const startedAt = ahead.now() - 30_000;
    for (const one of [sessionId, "bob-00000000000000001"]) {
      present(sessions.resume(one)?.tokenValue ?? "", new TestClient(), one);
    }
    await advance(0);
    for (const terminal of node.terminals) terminal.ending = settled();
    await advance(60 * minuteMs);
    expect(state.sessions.get("bob-00000000000000001")?.endedAt).toBe(startedAt + 90_000);
    expect(state.sessions.get(sessionId)?.endedAt).toBe(startedAt + 120_000);
  });

  it("decides a start that is in progress first", async () => {
    const opening = Promise.withResolvers<void>();
    node.opening = opening.promise;
    start();
    const startedAt = ahead.now();
    const advanced = advance(60 * minuteMs);
    await settled();
    expect(ahead.now()).toBe(startedAt);
    opening.resolve();
    await advanced;
    expect(state.sessions.get(sessionId)).toMatchObject({
      decision: { outcome: "run" },
      endedAt: startedAt + testSettings.resumeGraceMs,
    });
  });

  it("ends the agent's wait before it reports a refusal", async () => {
    start({ document: shellReading({ runAsEnabled: true, runAsDefaultUser: "nobody-here" }) });
    const endedAt = ahead.now() + testSettings.startErrorDelayMs;
    await advance(testSettings.startErrorDelayMs - 1);
    expect(state.sessions.get(sessionId)?.endedAt).toBeUndefined();
    await advance(1);
    expect(state.sessions.get(sessionId)).toMatchObject({ status: "Failed", endedAt });
  });

  it("lets tokens expire", async () => {
    const token = start();
    await advance(5 * minuteMs);
    expect(present(token)).toBe(refusal);
  });
});

describe("a session that is over", () => {
  it("is forgotten when its client was told or nobody came", async () => {
    const token = start();
    sessions.terminate(sessionId);
    await clock.advance(testSettings.resumeGraceMs - 1);
    const late = new TestClient();
    expect(present(token, late)).not.toBe(refusal);
    await clock.advance(0);
    expect(late.closingOutput).toBe("");
    late.lose();
    expect(clock.pending).toBe(0);
    expect(present(token)).toBe(refusal);
  });
});
