import { describe, expect, it } from "vitest";
import { putLogEvents } from "../../../emulator/operations/logs/put-log-events.ts";
import { logContext, write } from "./log-context.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe("PutLogEvents", () => {
  it("stores the events and gives a sequence token", () => {
    const context = logContext("s");
    expect(write(context, "s", [2, "one"], [1, "two"])).toEqual({
      nextSequenceToken: expect.stringMatching(/^\d{56}$/),
    });
    expect(context.state.logEvents.read("/ssm", "s")).toMatchObject([
      { timestamp: context.now - 2, ingestedAt: context.now, message: "one" },
      { timestamp: context.now - 1, ingestedAt: context.now, message: "two" },
    ]);
  });

  it("takes any sequence token", () => {
    const context = logContext("s");
    const logEvents = [{ timestamp: context.now, message: "one" }];
    const input = { logGroupName: "/ssm", logStreamName: "s", logEvents, sequenceToken: "stale" };
    expect(putLogEvents.handle(input, context)).toHaveProperty("nextSequenceToken");
  });

  it.each<readonly [string, readonly number[], object | undefined, readonly number[]]>([
    ["up to 2 hours ahead", [0, -2 * hourMs], undefined, [0, -2 * hourMs]],
    ["no further ahead", [0, -2 * hourMs - 1], { tooNewLogEventStartIndex: 1 }, [0]],
    ["up to 14 days old", [14 * dayMs], undefined, [14 * dayMs]],
    ["no older", [14 * dayMs + 2, 14 * dayMs + 1, 14 * dayMs], { tooOldLogEventEndIndex: 2 }, [14 * dayMs]],
    ["none when all are too old", [15 * dayMs], { tooOldLogEventEndIndex: 1 }, []],
  ])("takes events %s", (_, agoMs, rejectedLogEventsInfo, kept) => {
    const context = logContext("s");
    const answer = write(context, "s", ...agoMs.map((ago) => [ago, "x"] as const));
    expect((answer as { rejectedLogEventsInfo?: object }).rejectedLogEventsInfo).toEqual(
      rejectedLogEventsInfo,
    );
    const stored = context.state.logEvents.read("/ssm", "s").map(({ timestamp }) => context.now - timestamp);
    expect(stored).toEqual(kept);
  });

  it.each<readonly [string, readonly (readonly [number, string])[], string]>([
    [
      "events out of order",
      [
        [1, "b"],
        [2, "a"],
      ],
      "Log events in a single PutLogEvents request must be in chronological order.",
    ],
    [
      "more than 24 hours in a batch",
      [
        [dayMs + 1, "a"],
        [0, "b"],
      ],
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    ],
    [
      "more bytes than a batch may have, 26 counted for each event",
      [
        [1, "é".repeat(524_288 - 26)],
        [0, "x"],
      ],
      "Upload too large: 1048577 bytes exceeds limit of 1048576",
    ],
  ])("refuses %s and stores nothing", (_, events, message) => {
    const context = logContext("s");
    expect(() => write(context, "s", ...events)).toThrow(
      expect.objectContaining({ code: "InvalidParameterException", message }),
    );
    expect(context.state.logEvents.read("/ssm", "s")).toEqual([]);
  });

  it("takes a batch of exactly the bytes allowed", () => {
    const context = logContext("s");
    expect(() => write(context, "s", [0, "x".repeat(1_048_576 - 26)])).not.toThrow();
  });

  it("refuses a stream there is not", () => {
    expect(() => write(logContext(), "s", [0, "x"])).toThrow("The specified log stream does not exist.");
  });
});
