import { describe, expect, it } from "vitest";
import { createMemoryState } from "../../emulator/store/memory.ts";

const mebibyte = 1024 * 1024;

describe("a table", () => {
  const row = (name: string) => ({ name, createdAt: 0, kmsKeyId: undefined, logGroupClass: "STANDARD" });

  it("holds rows by key, in order of first insertion", () => {
    const { logGroups } = createMemoryState();
    logGroups.put("b", row("b"));
    logGroups.put("a", row("a"));
    logGroups.put("b", row("b again"));
    expect(logGroups.get("b")?.name).toBe("b again");
    expect([...logGroups.values()].map(({ name }) => name)).toEqual(["b again", "a"]);
  });

  it("says whether a deleted key was there", () => {
    const { logGroups } = createMemoryState();
    logGroups.put("a", row("a"));
    expect(logGroups.delete("a")).toBe(true);
    expect(logGroups.delete("a")).toBe(false);
    expect(logGroups.get("a")).toBeUndefined();
  });

  it("lets rows be changed while they are walked through", () => {
    const { logGroups } = createMemoryState();
    for (const name of ["a", "b", "c"]) logGroups.put(name, row(name));
    for (const { name } of logGroups.values()) logGroups.delete(name);
    expect([...logGroups.values()]).toEqual([]);
  });

  it("takes the name of any object member as a key", () => {
    const { logGroups } = createMemoryState();
    expect(logGroups.get("__proto__")).toBeUndefined();
    expect(logGroups.get("constructor")).toBeUndefined();
  });
});

describe("log events", () => {
  const event = (timestamp: number, message = `at ${timestamp}`) => ({ timestamp, message, ingestedAt: 0 });
  const read = (state = createMemoryState()) => state.logEvents.read("g", "s").map(({ message }) => message);

  it("come in order of timestamp, then arrival", () => {
    const state = createMemoryState();
    state.logEvents.append("g", "s", [event(3), event(5)]);
    state.logEvents.append("g", "s", [event(6), event(4, "first at 4"), event(4, "second at 4")]);
    expect(read(state)).toEqual(["at 3", "first at 4", "second at 4", "at 5", "at 6"]);
    state.logEvents.append("g", "s", [event(8), event(7)]);
    expect(read(state).slice(-2)).toEqual(["at 7", "at 8"]);
  });

  it("have ids that ascend over all streams", () => {
    const state = createMemoryState();
    state.logEvents.append("g", "s", [event(1), event(2)]);
    state.logEvents.append("g", "other", [event(1)]);
    const ids = ["s", "other"].flatMap((stream) =>
      state.logEvents.read("g", stream).map(({ eventId }) => eventId),
    );
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toMatch(/^\d{56}$/);
  });

  it("are gone with their stream", () => {
    const state = createMemoryState();
    state.logEvents.append("g", "s", [event(1)]);
    state.logEvents.delete("g", "s");
    expect(read(state)).toEqual([]);
  });

  it("of a stream give way, the oldest first, when they grow too many", () => {
    const state = createMemoryState();
    const large = "x".repeat(mebibyte);
    for (let timestamp = 0; timestamp < 70; timestamp++) {
      state.logEvents.append("g", "s", [event(timestamp, large)]);
    }
    const kept = state.logEvents.read("g", "s");
    expect(kept.length).toBeLessThanOrEqual(64);
    expect(kept.at(-1)?.timestamp).toBe(69);
    expect(kept.map(({ timestamp }) => timestamp)).toEqual(kept.map((_, index) => 70 - kept.length + index));
  });
});

describe("session events", () => {
  it("come in order of arrival, of one session or of all", () => {
    const { sessionEvents } = createMemoryState();
    for (const [sessionId, timestamp] of [
      ["a", 2],
      ["b", 1],
      ["a", 1],
    ] as const) {
      sessionEvents.append({ sessionId, timestamp, message: `${sessionId}${timestamp}` });
    }
    const messages = (sessionId?: string) => sessionEvents.read(sessionId).map(({ message }) => message);
    expect(messages()).toEqual(["a2", "b1", "a1"]);
    expect(messages("a")).toEqual(["a2", "a1"]);
    expect(messages("c")).toEqual([]);
  });

  it("keep the newest, even one that is larger than all may be", () => {
    const { sessionEvents } = createMemoryState();
    const append = (sessionId: string, mebibytes: number) =>
      sessionEvents.append({ sessionId, timestamp: 0, message: "x".repeat(mebibytes * mebibyte) });
    append("old", 40);
    append("new", 40);
    expect(sessionEvents.read().map(({ sessionId }) => sessionId)).toEqual(["new"]);
    append("large", 65);
    append("after", 1);
    expect(sessionEvents.read().map(({ sessionId }) => sessionId)).toContain("after");
  });
});
