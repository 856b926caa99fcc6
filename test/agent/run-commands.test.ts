import { beforeEach, describe, expect, it } from "vitest";
import { RunCommands } from "../../emulator/agent/run-commands.ts";
import { ManagedNodeError } from "../../emulator/errors.ts";
import type { AccountState } from "../../emulator/operations/ports/account-state.ts";
import type { CommandRecord } from "../../emulator/operations/ports/command-record.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { FakeNode } from "../helpers/fake-node.ts";
import { ManualClock, settled } from "../helpers/manual-clock.ts";
import { refusal } from "../helpers/refusal.ts";
import { webNode } from "../http/admin-options.ts";
import { commandRecord, invocation } from "../operations/ssm/commands.ts";

const minuteMs = 60_000;
const ids = ["i-00000001", "i-00000002", "i-00000003"];
const offlineId = "i-0000000f";

let clock: ManualClock;
let realClock: ManualClock;
let nodes: Map<string, FakeNode>;
let state: AccountState;
let commands: RunCommands;
let errors: unknown[];

beforeEach(() => {
  clock = new ManualClock();
  realClock = new ManualClock();
  nodes = new Map(ids.map((id) => [id, new FakeNode({}, id)]));
  state = createMemoryState();
  errors = [];
  commands = new RunCommands({
    clock,
    realClock,
    region: "us-east-1",
    state: () => state,
    node: (nodeId) => nodes.get(nodeId),
    describe: (nodeId) => ({
      ...webNode,
      nodeId,
      pingStatus: nodes.has(nodeId) ? "Online" : "ConnectionLost",
    }),
    onError: (error) => errors.push(error),
  });
});

/** Sends `id` to these nodes; it may run for ten minutes. */
function run(nodeIds: readonly string[] = ids.slice(0, 1), overrides: Partial<CommandRecord> = {}): string {
  const now = clock.now();
  const command = commandRecord({
    requestedAt: now,
    timeoutSeconds: 300,
    expiresAt: now + 15 * minuteMs,
    invocations: nodeIds.map((nodeId) => invocation({ nodeId })),
    ...overrides,
  });
  const script = { text: "id\n", workingDirectory: "", executionTimeoutMs: 10 * minuteMs };
  commands.run({ command, script });
  return command.commandId;
}

const node = (index: number) => {
  const found = nodes.get(ids[index] ?? "");
  if (found === undefined) throw new Error(`there is no node ${index}`);
  return found;
};
const invocations = () => [...state.commands.values()].flatMap((command) => command.invocations);
const states = () => invocations().map((each) => each.state);

describe("a command on a node", () => {
  it("is in progress from when it is sent, and tells how it ended", async () => {
    run();
    expect(states()).toEqual(["InProgress"]);
    await settled();
    node(0).process.print("out\n");
    node(0).process.print("err\n", "stderr");
    await clock.advance(1_500);
    node(0).process.end({ type: "exited", code: 7 });
    expect(invocations()).toEqual([
      expect.objectContaining({
        state: "Failed",
        startedAt: clock.now() - 1_500,
        endedAt: clock.now(),
        responseCode: 7,
        standardOutput: "out\n",
        standardError: "err\nfailed to run commands: exit status 7",
      }),
    ]);
  });

  it("leaves nothing on the node when it has ended", async () => {
    run();
    await settled();
    node(0).process.end();
    await commands.settled();
    expect(node(0).process.isTerminated).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("times out by the emulator's clock", async () => {
    run();
    await settled();
    node(0).process.print("before");
    await clock.advance(10 * minuteMs - 1);
    expect(states()).toEqual(["InProgress"]);
    await clock.advance(1);
    expect(node(0).process.isTerminated).toBe(true);
    expect(invocations()).toMatchObject([
      { state: "ExecutionTimedOut", responseCode: 137, standardOutput: "before", endedAt: clock.now() },
    ]);
  });

  it("is cancelled when all of it is killed", async () => {
    const commandId = run();
    await settled();
    commands.cancel(commandId);
    expect(states()).toEqual(["Cancelling"]);
    await commands.settled();
    expect(node(0).process.isTerminated).toBe(true);
    expect(states()).toEqual(["Cancelled"]);
    expect(state.commands.get(commandId)?.isCancelled).toBe(true);
  });

  it("is cancelled also while it starts", async () => {
    const opening = Promise.withResolvers<void>();
    node(0).opening = opening.promise;
    const commandId = run();
    commands.cancel(commandId);
    opening.resolve();
    await commands.settled();
    expect(node(0).process.isTerminated).toBe(true);
    expect(states()).toEqual(["Cancelled"]);
  });

  it("that a node does not start within half a minute is given up by who waits for it, by its id", async () => {
    node(0).opening = new Promise(() => {});
    const outcome = expect(commands.settled()).rejects.toThrow(
      `The node is not done with starting or ending ${run()}`,
    );
    await realClock.advance(30_000);
    await outcome;
  });

  it("stays as it ended when it is cancelled later", async () => {
    const commandId = run();
    await settled();
    node(0).process.end();
    commands.cancel(commandId);
    await commands.settled();
    expect(states()).toEqual(["Success"]);
    expect(state.commands.get(commandId)?.isCancelled).toBe(false);
  });

  it.each([
    ["ENOENT", "fork/exec /usr/bin/sh: no such file or directory"],
    [undefined, "the engine is gone"],
  ])("fails with the agent's words when it cannot start: %s", async (code, reason) => {
    const cause = new Error("x");
    node(0).failure = new ManagedNodeError(
      "the engine is gone",
      code === undefined ? { cause } : { cause, code },
    );
    run();
    await commands.settled();
    const standardError = `failed to run commands: ${reason}`;
    expect(invocations()).toMatchObject([{ state: "Failed", responseCode: 1, standardError }]);
    expect(errors).toEqual([]);
  });

  it("is in progress on a lost node until it expires", async () => {
    run();
    await settled();
    commands.nodeLost(ids[0] ?? "");
    await commands.settled();
    expect(node(0).process.isTerminated).toBe(true);
    await clock.advance(15 * minuteMs - 1);
    expect(states()).toEqual(["InProgress"]);
    await clock.advance(1);
    expect(states()).toEqual(["DeliveryTimedOut"]);
    expect(clock.pending).toBe(0);
  });

  it("is in progress also when the node's end kills it before the node is known to be lost", async () => {
    run();
    await settled();
    node(0).process.end({ type: "killed", signal: "SIGKILL" });
    commands.nodeLost(ids[0] ?? "");
    await commands.settled();
    await realClock.advance(minuteMs);
    expect(states()).toEqual(["InProgress"]);
  });

  it("fails when it is killed and the node goes on", async () => {
    run();
    await settled();
    node(0).process.end({ type: "killed", signal: "SIGKILL" });
    expect(states()).toEqual(["InProgress"]);
    await realClock.advance(1_000);
    expect(invocations()).toMatchObject([{ state: "Failed", responseCode: -1, endedAt: clock.now() }]);
  });

  it("is cancelled at once on a lost node", async () => {
    const commandId = run();
    await settled();
    commands.nodeLost(ids[0] ?? "");
    commands.cancel(commandId);
    expect(states()).toEqual(["Cancelled"]);
  });

  it("is given up when its node is not online in time", async () => {
    run([offlineId]);
    await clock.advance(5 * minuteMs - 1);
    expect(states()).toEqual(["Pending"]);
    await clock.advance(1);
    expect(states()).toEqual(["DeliveryTimedOut"]);
  });
});

describe("a command on several nodes", () => {
  it("runs on as many at a time as MaxConcurrency says", async () => {
    run(ids, { maxConcurrency: "2" });
    expect(states()).toEqual(["InProgress", "InProgress", "Pending"]);
    await settled();
    node(0).process.end();
    expect(states()).toEqual(["Success", "InProgress", "InProgress"]);
  });

  it("runs on one at a time when the share is less than a node", () => {
    run(ids, { maxConcurrency: "10%" });
    expect(states()).toEqual(["InProgress", "Pending", "Pending"]);
  });

  it("is sent no further after more errors than MaxErrors allows", async () => {
    run(ids, { maxConcurrency: "1", maxErrors: "1" });
    await settled();
    node(0).process.end({ type: "exited", code: 1 });
    await settled();
    expect(states()).toEqual(["Failed", "InProgress", "Pending"]);
    node(1).process.end({ type: "exited", code: 1 });
    expect(states()).toEqual(["Failed", "Failed", "Terminated"]);
  });

  it("is cancelled on the nodes that are named", async () => {
    const commandId = run(ids, { maxConcurrency: "2" });
    await settled();
    commands.cancel(commandId, [ids[1] ?? "", ids[2] ?? ""]);
    await commands.settled();
    expect(states()).toEqual(["InProgress", "Cancelled", "Cancelled"]);
  });

  it("passes over a node that is not online", () => {
    run([offlineId, ...ids], { maxConcurrency: "1" });
    expect(states()).toEqual(["Pending", "InProgress", "Pending", "Pending"]);
  });
});

describe("ending all commands", () => {
  it("kills them, then acts, and lets none start meanwhile", async () => {
    run();
    await settled();
    await commands.terminateAll(async () => {
      expect(node(0).process.isTerminated).toBe(true);
      expect(refusal(() => run()).code).toBe("ServiceUnavailableException");
    });
    expect(clock.pending).toBe(0);
    run();
  });

  it("kills what is starting", async () => {
    const opening = Promise.withResolvers<void>();
    node(0).opening = opening.promise;
    run();
    const ended = commands.terminateAll();
    opening.resolve();
    await ended;
    expect(node(0).process.isTerminated).toBe(true);
  });
});

describe("the number of commands", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => invocation({ nodeId: offlineId, nodeName: `${index}` }));

  it("is bound while they run", () => {
    run([], { invocations: many(999) });
    run([], { commandId: "second", invocations: many(1) });
    expect(refusal(() => run([], { commandId: "third", invocations: many(1) }))).toEqual({
      code: "ThrottlingException",
      message: "Rate exceeded",
    });
  });

  it("is bound in the history, from which the oldest that ended go", () => {
    const kept = (commandId: string, ended: "Success" | "Pending") =>
      commandRecord({ commandId, invocations: many(1_000).map((each) => ({ ...each, state: ended })) });
    state.commands.put("open", kept("open", "Pending"));
    state.commands.put("old", kept("old", "Success"));
    state.commands.put("new", kept("new", "Success"));
    run();
    expect([...state.commands.values()].map(({ commandId }) => commandId)).toEqual([
      "open",
      "new",
      commandRecord().commandId,
    ]);
  });
});
