import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { LogBatcher } from "../../emulator/sessionlog/log-batcher.ts";
import type { LogEventMessage } from "../../emulator/sessionlog/log-event.ts";
import { manyLines, recordedContext, recordedSessions } from "./recorded-sessions.ts";

const context = recordedContext("alice-0123456789abcdef0");

function append(batcher: LogBatcher, text: string, now: number): void {
  batcher.append(Buffer.from(text), now);
}

function sessionData(event: LogEventMessage): string[] {
  return JSON.parse(event.message).sessionData;
}

function takeLines(batcher: LogBatcher, now: number): string[][] | undefined {
  return batcher.take(now)?.map(sessionData);
}

describe("ticks", () => {
  it("has no deadline while no complete line waits", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "$ ", 10);
    expect(batcher.nextDeadline()).toBeUndefined();
    expect(batcher.take(5_000)).toBeUndefined();
  });

  it("delivers at the next tick since the start", () => {
    const batcher = new LogBatcher(context, 300);
    append(batcher, "a\n", 10_400);
    append(batcher, "b\n", 11_200);
    expect(batcher.nextDeadline()).toBe(11_300);
    expect(batcher.take(11_299)).toBeUndefined();
    expect(takeLines(batcher, 11_300)).toEqual([["a", "b"]]);
  });

  it("gives at most one batch a tick", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n", 1);
    batcher.take(1_000);
    batcher.delivered();
    append(batcher, "b\n", 1_001);
    expect(batcher.take(1_999)).toBeUndefined();
    expect(batcher.nextDeadline()).toBe(2_000);
  });

  it("catches up one tick that passed while a delivery was under way", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n", 1);
    batcher.take(1_000);
    append(batcher, "b\n", 1_001);
    batcher.delivered();
    expect(takeLines(batcher, 3_500)).toEqual([["b"]]);
    batcher.delivered();
    append(batcher, "c\n", 3_501);
    expect(batcher.nextDeadline()).toBe(4_000);
  });

  it("stamps an event with the time of building it", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n", 1);
    const [event] = batcher.take(1_007) ?? [];
    expect(event?.timestamp).toBe(1_007);
    expect(event?.message).toContain('"eventTime":"1970-01-01T00:00:01Z"');
  });

  it("is due at once with a tick of 0", () => {
    const batcher = new LogBatcher(context, 0, { tickMs: 0 });
    append(batcher, "a\n", 7);
    expect(batcher.nextDeadline()).toBe(7);
    expect(takeLines(batcher, 7)).toEqual([["a"]]);
  });
});

describe("batches", () => {
  it("puts the lines of a tick into one event up to 33 000 bytes", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, `${"x".repeat(32_997)}\n1\n2\n`, 1);
    expect(takeLines(batcher, 1_000)).toEqual([["x".repeat(32_997), "1"], ["2"]]);
  });

  it("leaves a fifth event to the next tick", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, ["a", "b", "c", "d", "e"].map((letter) => `${letter.repeat(20_000)}\n`).join(""), 1);
    expect(batcher.take(1_000)).toHaveLength(4);
    batcher.delivered();
    expect(takeLines(batcher, 2_000)).toEqual([["e".repeat(20_000)]]);
  });

  it("sends what failed again a tick later, with what came since", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n", 1);
    batcher.take(1_000);
    append(batcher, "b\n", 1_500);
    expect(batcher.nextDeadline()).toBe(2_000);
    expect(takeLines(batcher, 2_000)).toEqual([["a", "b"]]);
  });

  it("keeps lines that arrive while a batch is under way", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n", 1);
    batcher.take(1_000);
    append(batcher, "b\n", 1_500);
    batcher.delivered();
    expect(takeLines(batcher, 2_000)).toEqual([["b"]]);
  });

  it("forgets a batch once, however often it is reported", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n", 1);
    batcher.take(1_000);
    append(batcher, "b\n", 1_500);
    batcher.delivered();
    batcher.delivered();
    expect(takeLines(batcher, 2_000)).toEqual([["b"]]);
  });

  it("makes no event of lines that were nothing but control sequences", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "\x1bN\n", 1);
    expect(batcher.take(1_000)).toBeUndefined();
    append(batcher, "a\n", 1_001);
    expect(takeLines(batcher, 2_000)).toEqual([["a"]]);
  });
});

describe("memory", () => {
  it("is full at its limit and not once a batch is delivered", () => {
    const batcher = new LogBatcher(context, 0, { maxPendingBytes: 1_000 });
    append(batcher, "a\n", 1);
    expect(batcher.isFull).toBe(false);
    append(batcher, `${"b".repeat(1_000)}\n`, 2);
    batcher.take(1_000);
    expect(batcher.isFull).toBe(true);
    batcher.delivered();
    expect(batcher.isFull).toBe(false);
  });

  it("counts what each short line costs", () => {
    const batcher = new LogBatcher(context, 0, { maxPendingBytes: 1_000 });
    append(batcher, "\n".repeat(10), 1);
    expect(batcher.isFull).toBe(true);
  });
});

describe("the end", () => {
  it("delivers the unfinished last line", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n$ ", 1);
    batcher.finish(2);
    expect(takeLines(batcher, 1_000)).toEqual([["a", "$ "]]);
  });

  it("is done at the first tick that finds nothing left", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n", 1);
    batcher.finish(2);
    batcher.take(1_000);
    batcher.delivered();
    expect(batcher.isDone).toBe(false);
    expect(batcher.nextDeadline()).toBe(2_000);
    expect(batcher.take(2_000)).toBeUndefined();
    expect(batcher.isDone).toBe(true);
    expect(batcher.nextDeadline()).toBeUndefined();
  });

  it("is done without a batch when nothing was put out", () => {
    const batcher = new LogBatcher(context, 0);
    batcher.finish(2_500);
    expect(batcher.nextDeadline()).toBe(3_000);
    expect(batcher.take(3_000)).toBeUndefined();
    expect(batcher.isDone).toBe(true);
  });

  it("is not done while the last batch has not arrived", () => {
    const batcher = new LogBatcher(context, 0);
    append(batcher, "a\n", 1);
    batcher.finish(2);
    batcher.take(1_000);
    expect(takeLines(batcher, 2_000)).toEqual([["a"]]);
    expect(batcher.isDone).toBe(false);
  });
});

describe("against the recorded agent", () => {
  it.each(recordedSessions)("logs the same lines: $name", ({ sessionId, output, batches }) => {
    const batcher = new LogBatcher(recordedContext(sessionId), 0);
    batcher.append(output, 1);
    batcher.finish(2);
    const lines = (batcher.take(1_000) ?? []).flatMap(sessionData);
    expect(lines).toEqual(batches.flat().flatMap(sessionData));
  });

  it.each(recordedSessions.filter(({ batches }) => batches.length === 2))(
    "makes the same batches of a session of two commands: $name",
    ({ sessionId, output, batches }) => {
      const ticks = batches.map(([event]) => event?.timestamp ?? 0);
      const [first = 0, second = 0] = ticks;
      const batcher = new LogBatcher(recordedContext(sessionId), first - 2_000);
      const exitTyped = output.indexOf("exit\r\n");
      batcher.append(output.subarray(0, exitTyped), first - 500);
      expect(batcher.take(first)).toEqual(batches[0]);
      batcher.delivered();
      batcher.append(output.subarray(exitTyped), second - 500);
      batcher.finish(second - 400);
      expect(batcher.take(second)).toEqual(batches[1]);
    },
  );

  it("packs many lines into events of the same shape", () => {
    const count = (to: number) => Array.from({ length: to }, (_, index) => String(index + 1));
    const command = String.raw`$ seq 1 12000 | tr "\n" ","; echo; seq 1 9000`;
    const batcher = new LogBatcher(recordedContext(manyLines.sessionId), 0);
    append(batcher, `${command}\r\n${count(12_000).join(",")},\r\n${count(9_000).join("\r\n")}\r\n$ `, 1);
    const batches = [1_000, 2_000].map((tick) => {
      const events = batcher.take(tick) ?? [];
      batcher.delivered();
      return events;
    });
    append(batcher, "exit\r\n", 15_000);
    batches.push([...(batcher.take(16_000) ?? [])]);
    expect(batches.map((events) => events.map(shape))).toEqual(manyLines.putLogEventsShape);
  });
});

function shape(event: LogEventMessage): object {
  const lines = sessionData(event);
  return {
    messageBytes: Buffer.byteLength(event.message),
    sessionDataEntries: lines.length,
    sessionDataBytes: lines.reduce((bytes, line) => bytes + line.length + 1, 0),
    first: lines.at(0)?.slice(0, 40),
    last: lines.at(-1)?.slice(-40),
  };
}
