import { describe, expect, it } from "vitest";
import { FakeNode, nodeGone } from "../helpers/fake-node.ts";
import { ManualClock, settled } from "../helpers/manual-clock.ts";
import { openSession, sessionBench, testSettings, unparsableReading } from "./session-bench.ts";
import { TestClient } from "./test-client.ts";

const minuteMs = 60_000;
/** The log is complete at the latest two ticks after the end. */
const logTicksMs = 2_000;
const runAs = { runAsEnabled: true, runAsDefaultUser: "nobody-here" };
const refusal =
  "\n----------ERROR-------\nUnable to start command: failed to start pty since RunAs user nobody-here does not exist\n";

describe("the start of a session", () => {
  it("starts the shell without waiting for a client", async () => {
    const { session, node, clock, now } = sessionBench();
    session.begin();
    await clock.advance(0);
    expect(node.calls).toEqual(["ensure ssm-user", "id ssm-user", "open sh"]);
    expect(now()).toMatchObject({ status: "Connected", runAsUser: "ssm-user", endedAt: undefined });
  });

  it("gives a client that comes later all that the shell has printed", async () => {
    const { session, node, clock, connect } = sessionBench();
    session.begin();
    await clock.advance(0);
    node.terminal.print("sh-5.2$ ");
    await clock.advance(5_000);
    const client = await connect();
    expect(client.output).toBe("sh-5.2$ ");
  });

  it("types the profile ahead of size and input", async () => {
    const inputs = { shellProfile: { linux: "cd /tmp" } };
    const { node } = await openSession({ inputs });
    expect(node.terminal.received).toEqual(["cd /tmp\n", "90x30"]);
  });

  it("keeps input and sizes in the client's order", async () => {
    const { node, client } = await openSession();
    client.type("a");
    client.resize(100, 40);
    client.type("b");
    await settled();
    expect(node.terminal.received).toEqual(["90x30", "a", "100x40", "b"]);
  });

  it("acknowledges no input before there is a shell", async () => {
    const { session, node, clock, connect } = sessionBench();
    const opening = Promise.withResolvers<void>();
    node.opening = opening.promise;
    session.begin();
    const client = await connect();
    client.type("whoami\n");
    await settled();
    expect(client.unacknowledged).toBe(1);
    opening.resolve();
    await clock.advance(1_000);
    expect(client.unacknowledged).toBe(0);
    expect(node.terminal.received).toEqual(["90x30", "whoami\n"]);
  });
});

describe("a start that is refused", () => {
  it("is told after the agent's wait", async () => {
    const { session, clock, connect, now } = sessionBench({ inputs: runAs });
    session.begin();
    const client = await connect();
    await clock.advance(testSettings.startErrorDelayMs - 1);
    expect(client.closingOutput).toBeUndefined();
    expect(now()).toMatchObject({ status: "Connected", decision: { outcome: "refused", refusal } });
    await clock.advance(1);
    expect(client.closingOutput).toBe(refusal);
    expect(now()).toMatchObject({ status: "Failed", closingOutput: refusal });
  });

  it("is told to a client that attaches only afterwards, without a handshake", async () => {
    const { session, clock, connect } = sessionBench({ inputs: runAs });
    session.begin();
    await clock.advance(testSettings.startErrorDelayMs + 1_000);
    const client = await connect();
    expect(client.heard).toEqual([`channel_closed ${refusal}`.trimEnd()]);
  });

  it("is told at once when a check of the logs refused it", async () => {
    const inputs = { cloudWatchLogGroupName: "/sessions", cloudWatchEncryptionEnabled: true };
    const { session, node, connect } = sessionBench({ inputs });
    session.begin();
    const client = await connect();
    expect(client.closingOutput).toMatch(/^We couldn't start the session because encryption is not set up/);
    expect(node.calls).toEqual([]);
  });

  it("is told when the node fails", async () => {
    const { session, node, clock, connect, now } = sessionBench();
    node.failure = nodeGone("The node could not open a terminal");
    session.begin();
    const client = await connect();
    await clock.advance(testSettings.startErrorDelayMs);
    expect(client.closingOutput).toContain("Failed to start pty: The node could not open a terminal");
    expect(now().status).toBe("Failed");
  });

  it("ends with an empty text, and a report to us, when the fault is ours", async () => {
    const { session, node, errors, connect, now } = sessionBench();
    node.failure = new TypeError("a bug");
    session.begin();
    const client = await connect();
    expect(client.closingOutput).toBe("");
    expect(errors).toEqual([node.failure]);
    expect(now().status).toBe("Failed");
  });
});

describe("a handshake that fails on the client", () => {
  it("ends the session with the agent's words", async () => {
    const { session, node, clock, now } = sessionBench();
    session.begin();
    const client = new TestClient();
    client.answers = false;
    client.connect((connection) => session.attach(connection));
    await clock.advance(0);
    client.failHandshake("no such plugin");
    await clock.advance(2_000);
    expect(client.closingOutput).toContain(
      "----------ERROR-------\nEncountered error while initiating handshake.",
    );
    expect(node.terminal.isTerminated).toBe(true);
    expect(now().status).toBe("Failed");
  });
});

describe("the flow of bytes", () => {
  it("pauses a terminal whose client does not keep up, and resumes it", async () => {
    const { node, client, clock } = await openSession();
    client.answers = false;
    const chunk = "x".repeat(256 * 1024);
    for (let printed = 0; printed < 4; printed++) node.terminal.print(chunk);
    expect(node.terminal.isPaused).toBe(true);
    node.terminal.print("the end");
    client.answers = true;
    await clock.advance(60_000);
    expect(node.terminal.isPaused).toBe(false);
    expect(client.output).toBe(`$ ${chunk.repeat(4)}the end`);
  });

  it("pauses a terminal while there is no client for its output", async () => {
    const { session, node, clock, connect } = sessionBench();
    session.begin();
    await clock.advance(0);
    node.terminal.print("$ ");
    expect(node.terminal.isPaused).toBe(true);
    await connect();
    expect(node.terminal.isPaused).toBe(false);
  });

  it("holds back acknowledges while the terminal takes no input, and goes on when it does", async () => {
    const { node, client } = await openSession();
    const taking = Promise.withResolvers<void>();
    node.terminal.taking = taking.promise;
    const large = "x".repeat(200 * 1024);
    for (const letter of "abc") client.type(letter + large);
    await settled();
    expect(client.unacknowledged).toBe(1);
    taking.resolve();
    await settled();
    expect(client.unacknowledged).toBe(0);
    expect(node.terminal.received.slice(1).map((text) => text[0])).toEqual(["a", "b", "c"]);
  });

  it("goes on when the terminal loses input", async () => {
    const { node, client, errors, now } = await openSession();
    node.terminal.failure = nodeGone("The terminal has ended");
    client.type("whoami\n");
    await settled();
    expect(errors).toEqual([node.terminal.failure]);
    expect(now().status).toBe("Connected");
  });
});

describe("the end of a session", () => {
  it("comes with the shell's, after its last output", async () => {
    const { node, client, clock, session, now } = await openSession();
    node.terminal.print("exit\r\n");
    node.terminal.end();
    await clock.advance(logTicksMs);
    await session.ended;
    expect(client.output).toBe("$ exit\r\n");
    expect(client.heard.at(-1)).toBe("channel_closed");
    expect(now()).toMatchObject({ status: "Terminated", closingOutput: "" });
  });

  it("kills what the shell has left", async () => {
    const { node, session, clock } = await openSession();
    node.terminal.end();
    await clock.advance(logTicksMs);
    await session.ended;
    expect(node.terminal.isTerminated).toBe(true);
  });

  it("comes with the client's flag", async () => {
    const { node, client, clock, now } = await openSession();
    client.flag(2);
    await clock.advance(logTicksMs);
    expect(client.closingOutput).toBe("");
    expect(node.terminal.isTerminated).toBe(true);
    expect(now().status).toBe("Terminated");
  });

  it.each([
    ["20 minutes without input or output by default", {}, 20],
    ["the document's minutes", { idleSessionTimeout: "1" }, 1],
  ])("comes after %s", async (_rule, inputs, minutes) => {
    const { client, clock, node } = await openSession({ inputs });
    client.type("x");
    await clock.advance(minutes * minuteMs - 1);
    expect(client.closingOutput).toBeUndefined();
    await clock.advance(1);
    expect(client.closingOutput).toBe("Your session timed out due to inactivity and has been terminated.");
    expect(node.terminal.isTerminated).toBe(true);
  });

  it("is put off by input and by output", async () => {
    const { client, clock, node } = await openSession({ inputs: { idleSessionTimeout: "1" } });
    for (let half = 0; half < 4; half++) {
      await clock.advance(minuteMs / 2);
      if (half % 2 === 0) client.type("x");
      else node.terminal.print("y");
    }
    expect(client.closingOutput).toBeUndefined();
    await clock.advance(minuteMs);
    expect(client.closingOutput).toMatch(/inactivity/);
  });

  it("comes at the maximum duration, however busy the session is", async () => {
    const { client, clock, node } = await openSession({ inputs: { maxSessionDuration: "2" } });
    for (let elapsed = 0; elapsed < 2 * minuteMs; elapsed += 1_000) {
      node.terminal.print(".");
      await clock.advance(1_000);
    }
    expect(client.closingOutput).toBe("Your session reached its maximum duration and has been terminated.");
  });

  it("is complete only when nothing is left on the node", async () => {
    const { session, node, client, clock, now } = await openSession();
    const ending = Promise.withResolvers<void>();
    node.terminal.ending = ending.promise;
    session.terminate("told");
    await clock.advance(5_000);
    expect(client.closingOutput).toBe("told");
    expect(now()).toMatchObject({ status: "Terminating", endedAt: undefined });
    ending.resolve();
    await session.ended;
    expect(now()).toMatchObject({ status: "Terminated", endedAt: clock.now() });
  });

  it("is told to a client that acknowledges nothing, after a wait", async () => {
    const { session, node, client, clock } = await openSession();
    client.answers = false;
    node.terminal.print("unread");
    session.terminate("told");
    await clock.advance(1_999);
    expect(client.closingOutput).toBeUndefined();
    await clock.advance(1);
    expect(client.closingOutput).toBe("told");
  });

  it("is told to a client that attaches afterwards and acknowledges nothing", async () => {
    const { session, node, clock, connect } = sessionBench();
    session.begin();
    await clock.advance(0);
    node.terminal.print("unread");
    session.terminate("told");
    const client = new TestClient();
    client.answers = false;
    await connect(client);
    await clock.advance(10_000);
    expect(client.closingOutput).toBe("told");
  });

  it("drops a client that stays, soon after it was told", async () => {
    const { session, client, clock } = await openSession();
    session.terminate();
    await clock.advance(0);
    expect(client.closingOutput).toBe("");
    await clock.advance(1_999);
    expect(client.isDropped).toBe(false);
    await clock.advance(1);
    expect(client.isDropped).toBe(true);
  });

  it("happens once", async () => {
    const { session, client, clock, now } = await openSession();
    session.terminate("first");
    session.terminate("second");
    await clock.advance(1_000);
    expect(client.heard.filter((line) => line.startsWith("channel_closed"))).toEqual([
      "channel_closed first",
    ]);
    expect(now().closingOutput).toBe("first");
  });

  it("comes also when the node fails at it, and the log is complete", async () => {
    const { session, node, clock, errors, events, now } = await openSession();
    node.terminal.print("last line\r\n");
    node.terminal.failure = nodeGone();
    session.terminate();
    const eventsAtEnd = session.ended.then(() => events.length);
    await clock.advance(logTicksMs);
    expect(await eventsAtEnd).toBe(1);
    expect(events.map(({ message }) => message).join()).toContain("last line");
    expect(errors).toEqual([node.terminal.failure]);
    expect(now().status).toBe("Terminated");
  });
});

describe("terminate", () => {
  it("before the shell is there waits for it and ends it", async () => {
    const { session, node, clock, connect, now } = sessionBench();
    const opening = Promise.withResolvers<void>();
    node.opening = opening.promise;
    session.begin();
    const client = await connect();
    session.terminate("too early");
    await clock.advance(5_000);
    expect(client.closingOutput).toBe("too early");
    expect(now()).toMatchObject({ status: "Terminating", endedAt: undefined });
    opening.resolve();
    await session.ended;
    expect(node.terminal.isTerminated).toBe(true);
    expect(now().status).toBe("Terminated");
  });

  it("during the agent's wait before a refusal ends at once", async () => {
    const { session, clock, connect, now } = sessionBench({ inputs: runAs });
    session.begin();
    const client = await connect();
    session.terminate("too early");
    await clock.advance(0);
    expect(client.closingOutput).toBe("too early");
    await session.ended;
    expect(now()).toMatchObject({ status: "Terminated", endedAt: clock.now() });
    await clock.advance(testSettings.startErrorDelayMs);
    expect(now().status).toBe("Terminated");
  });

  it("after the end changes nothing", async () => {
    const { session, node, clock, changes } = await openSession();
    node.terminal.end();
    await clock.advance(logTicksMs);
    const before = changes.length;
    session.terminate("again");
    await clock.advance(10_000);
    expect(changes.length).toBe(before);
  });
});

describe("a lost client", () => {
  it("leaves the session Disconnected, and coming back makes it Connected", async () => {
    const { client, connect, now } = await openSession();
    client.lose();
    expect(now().status).toBe("Disconnected");
    await connect(client);
    expect(now().status).toBe("Connected");
  });

  it("finds every byte once, in both directions, when it comes back", async () => {
    const { node, client, clock, connect } = await openSession();
    for (let round = 0; round < 5; round++) {
      client.answers = round % 2 === 0;
      node.terminal.print(`<${round}`);
      client.type(`[${round}`);
      await settled();
      client.lose();
      node.terminal.print(">");
      client.type("]");
      await clock.advance(1_000);
      client.answers = true;
      await connect(client);
    }
    await clock.advance(5_000);
    expect(client.output).toBe("$ <0><1><2><3><4>");
    expect(node.terminal.received.join("")).toBe("90x30[0][1][2][3][4]");
  });

  it("ends the session when it does not come back in time", async () => {
    const { client, clock, node, now, connect } = await openSession();
    client.lose();
    await clock.advance(testSettings.resumeGraceMs - 1);
    await connect(client);
    client.lose();
    await clock.advance(testSettings.resumeGraceMs - 1);
    expect(now().status).toBe("Disconnected");
    await clock.advance(1);
    expect(now().status).toBe("Terminating");
    await clock.advance(logTicksMs);
    expect(now().status).toBe("Terminated");
    expect(node.terminal.isTerminated).toBe(true);
  });

  it("that does not come back in time is not waited for to hear the end", async () => {
    const { client, clock, session } = await openSession();
    client.lose();
    await clock.advance(testSettings.resumeGraceMs);
    await session.told;
    expect(session.isEnding).toBe(true);
  });

  it("that never came ends the session, too", async () => {
    const { session, clock, now } = sessionBench();
    session.begin();
    await clock.advance(testSettings.resumeGraceMs);
    await clock.advance(1_000);
    expect(now()).toMatchObject({ status: "Terminated", closingOutput: "" });
  });
});

describe("a clock that is put forward", () => {
  const inputs = { idleSessionTimeout: "60" };

  it("lets what is on its way take its time: nothing is sent again, nobody is given up", async () => {
    const realClock = new ManualClock();
    const { client, clock, node } = await openSession({ realClock, inputs });
    client.answers = false;
    node.terminal.print("slow");
    const isSlow = (frame: string) => frame.includes("slow");
    await clock.advance(59 * minuteMs);
    expect(client.heard.filter(isSlow)).toHaveLength(1);
    client.answers = true;
    await realClock.advance(1_000);
    expect(client.heard.filter(isSlow)).toHaveLength(2);
    expect(client.output).toBe("$ slow");
  });

  it("gives the client the time that it needs for all output before the end", async () => {
    const realClock = new ManualClock();
    const { client, clock, node, now } = await openSession({ realClock });
    client.answers = false;
    node.terminal.print("unread");
    const idleSince = clock.now();
    await clock.advance(60 * minuteMs);
    expect(now()).toMatchObject({ status: "Terminated", endedAt: idleSince + 20 * minuteMs + logTicksMs });
    expect(client.closingOutput).toBeUndefined();
    client.answers = true;
    await realClock.advance(1_000);
    expect(client.output).toBe("$ unread");
    expect(client.closingOutput).toMatch(/inactivity/);
  });
});

describe("a second client", () => {
  it("takes the first one's place", async () => {
    const { client, node, clock, connect, now } = await openSession();
    const second = new TestClient();
    await connect(second);
    expect(client.closingOutput).toBe("Another client has taken over this session.");
    expect(client.isDropped).toBe(true);
    client.lose();
    expect(now().status).toBe("Connected");
    node.terminal.print("for the second");
    await clock.advance(0);
    expect(client.output).toBe("$ ");
    expect(second.heard.join()).toContain("for the second");
  });
});

describe("a document that the agent cannot parse", () => {
  const task = { document: unparsableReading };

  it("starts nothing, says so in the decision, and answers no client", async () => {
    const { session, node, clock, connect, now } = sessionBench({ task });
    session.begin();
    const client = await connect();
    client.type("hello?\n");
    await clock.advance(19 * minuteMs);
    expect(node.calls).toEqual([]);
    expect(client.heard).toEqual([]);
    expect(now()).toMatchObject({
      status: "Connecting",
      decision: {
        outcome: "pending",
        steps: [{ by: "node", finding: /never answers: invalid parameter type$/ }],
      },
    });
  });

  it("ends when the client has waited for the idle timeout, with its text alone", async () => {
    const { session, clock, connect, now } = sessionBench({ task });
    session.begin();
    const client = await connect();
    await clock.advance(20 * minuteMs);
    expect(client.heard).toEqual([
      "channel_closed Your session timed out due to inactivity and has been terminated.",
    ]);
    expect(now().status).toBe("Terminated");
  });

  it("ends when no client waits any more", async () => {
    const { session, clock, connect, now } = sessionBench({ task });
    session.begin();
    const client = await connect();
    client.lose();
    await clock.advance(testSettings.resumeGraceMs);
    expect(now().status).toBe("Terminated");
  });
});

describe("the log", () => {
  it("gets the terminal's lines, with who was whom", async () => {
    const { node, clock, events } = await openSession({
      node: new FakeNode({ webadmin: 1500 }),
      inputs: { runAsEnabled: true },
      task: { runAsUser: "webadmin" },
    });
    node.terminal.print("whoami\r\nwebadmin\r\n");
    await clock.advance(1_000);
    expect(events.map(({ message }) => JSON.parse(message))).toEqual([
      {
        eventVersion: "1.0",
        eventTime: "2026-01-02T03:04:06Z",
        awsRegion: "us-east-1",
        target: { id: "i-0a1b2c3d4e5f60718" },
        userIdentity: { arn: "arn:aws:iam::000000000000:user/alice" },
        runAsUser: "webadmin",
        sessionId: "alice-00000000000000001",
        sessionData: ["$ whoami", "webadmin"],
      },
    ]);
  });

  it("has every line when the session counts as ended", async () => {
    const { node, session, clock, events } = await openSession();
    node.terminal.print("one\r\ntwo without newline");
    node.terminal.end();
    void clock.advance(2_000);
    await session.ended;
    expect(events.map(({ message }) => JSON.parse(message).sessionData)).toEqual([
      ["$ one", "two without newline"],
    ]);
  });

  it("is completed at once for one who waits for the session to settle", async () => {
    const { node, session, events } = await openSession();
    node.terminal.print("last");
    session.terminate();
    await session.settled();
    expect(events).toHaveLength(1);
  });
});

describe("a session that is over", () => {
  const ends: [string, (bench: Awaited<ReturnType<typeof openSession>>) => unknown][] = [
    ["by the shell's end", ({ node }) => node.terminal.end()],
    ["by terminate", ({ session }) => session.terminate()],
    ["by the idle timeout", ({ clock }) => clock.advance(20 * minuteMs)],
    ["by a lost client", ({ client }) => client.lose()],
  ];

  it.each(ends)("%s leaves no timer", async (_way, end) => {
    const bench = await openSession();
    end(bench);
    await bench.clock.advance(25 * minuteMs);
    await bench.session.ended;
    expect(bench.clock.pending).toBe(0);
  });

  it("leaves no timer once its client was told and has gone", async () => {
    const { session, client, clock } = await openSession();
    session.terminate();
    await clock.advance(0);
    await session.settled();
    client.lose();
    expect(clock.pending).toBe(0);
  });

  it("before its start was refused leaves no timer once its client has gone", async () => {
    const { session, clock, connect } = sessionBench({ inputs: runAs });
    session.begin();
    const client = await connect();
    session.terminate();
    await clock.advance(0);
    client.lose();
    expect(clock.pending).toBe(0);
  });

  it("counts a client that was lost before it was told as told, soon", async () => {
    const { session, node, client, clock } = await openSession();
    client.answers = false;
    node.terminal.print("unread");
    session.terminate();
    client.lose();
    let told = false;
    void session.told.then(() => {
      told = true;
    });
    await clock.advance(2_000);
    expect(told).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
