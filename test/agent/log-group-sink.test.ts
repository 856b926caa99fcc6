import { expect, it } from "vitest";
import { streamToLogGroup } from "../../emulator/agent/log-group-sink.ts";
import { logStreamKey } from "../../emulator/operations/ports/log-records.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";

const names = { groupName: "/sessions", streamName: "alice-01" };
const group = { name: "/sessions", createdAt: 0, kmsKeyId: undefined, logGroupClass: "STANDARD" };

it("makes the stream with the first event, and goes on in it", () => {
  const state = createMemoryState();
  state.logGroups.put(group.name, group);
  const stream = streamToLogGroup(state, names);
  expect([...state.logStreams.values()]).toEqual([]);
  stream([{ timestamp: 1_000, message: "one" }]);
  stream([{ timestamp: 2_000, message: "two" }]);
  expect(state.logEvents.read("/sessions", "alice-01").map(({ message }) => message)).toEqual(["one", "two"]);
  expect(state.logStreams.get(logStreamKey("/sessions", "alice-01"))).toMatchObject({
    createdAt: 1_000,
    firstEventAt: 1_000,
    lastEventAt: 2_000,
  });
});

it("writes into no group that is missing, and makes none", () => {
  const state = createMemoryState();
  streamToLogGroup(state, names)([{ timestamp: 1, message: "lost" }]);
  expect([...state.logGroups.values(), ...state.logStreams.values()]).toEqual([]);
});

it("gives up for good when the group has gone in between", () => {
  const state = createMemoryState();
  const stream = streamToLogGroup(state, names);
  stream([{ timestamp: 1, message: "lost" }]);
  state.logGroups.put(group.name, group);
  stream([{ timestamp: 2, message: "lost, too" }]);
  expect(state.logEvents.read("/sessions", "alice-01")).toEqual([]);
});
