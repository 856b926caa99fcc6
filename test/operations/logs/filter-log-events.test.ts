import { describe, expect, it } from "vitest";
import { filterLogEvents } from "../../../emulator/operations/logs/filter-log-events.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { logContext, write } from "./log-context.ts";

type Input = Parameters<typeof filterLogEvents.handle>[0];
interface Output {
  readonly events: { readonly message: string; readonly eventId: string }[];
  readonly nextToken?: string;
}

function filter(context: OperationContext, input: Input = {}): Output {
  return filterLogEvents.handle({ logGroupName: "/ssm", ...input }, context) as Output;
}

const messages = ({ events }: Output) => events.map(({ message }) => message).join(" ");

function twoStreams() {
  const context = logContext("s1", "s2", "other");
  write(context, "s2", [4, "b1"], [2, "b2"]);
  write(context, "s1", [5, "a1"], [2, "a2"]);
  write(context, "other", [1, "c1"]);
  return context;
}

describe("FilterLogEvents", () => {
  it("writes events with stream, ids and epoch milliseconds", () => {
    const context = twoStreams();
    expect(filter(context, { logStreamNames: ["other"] })).toEqual({
      events: [
        {
          logStreamName: "other",
          timestamp: context.now - 1,
          message: "c1",
          ingestionTime: context.now,
          eventId: expect.stringMatching(/^\d+$/),
        },
      ],
      searchedLogStreams: [],
    });
  });

  it("interleaves streams by time, then arrival, under ids that do not repeat", () => {
    const answer = filter(twoStreams(), { interleaved: false });
    expect(messages(answer)).toBe("a1 b1 b2 a2 c1");
    expect(new Set(answer.events.map(({ eventId }) => eventId)).size).toBe(5);
  });

  it("takes start and end into the range", () => {
    const context = twoStreams();
    expect(messages(filter(context, { startTime: context.now - 4, endTime: context.now - 2 }))).toBe(
      "b1 b2 a2",
    );
  });

  it.each<readonly [string, Input, string]>([
    ["by name", { logStreamNames: ["s2", "s2"] }, "b1 b2"],
    ["by prefix", { logStreamNamePrefix: "s" }, "a1 b1 b2 a2"],
    ["by pattern", { filterPattern: "?a2 ?c1" }, "a2 c1"],
  ])("chooses %s", (_, input, expected) => {
    expect(messages(filter(twoStreams(), input))).toBe(expected);
  });

  it("walks pages, the last of which has no token", () => {
    const context = twoStreams();
    const first = filter(context, { limit: 4 });
    const second = filter(context, { limit: 4, nextToken: first.nextToken ?? "" });
    expect([first, second].map(messages)).toEqual(["a1 b1 b2 a2", "c1"]);
    expect(second).not.toHaveProperty("nextToken");
  });

  it.each<readonly [string, Input, string, string]>([
    [
      "names and prefix together",
      { logStreamNames: ["s1"], logStreamNamePrefix: "s" },
      "InvalidParameterException",
      "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
    ],
    [
      "a stream there is not",
      { logStreamNames: ["s3"] },
      "ResourceNotFoundException",
      "The specified log stream does not exist.",
    ],
    [
      "a made-up token",
      { nextToken: "made-up" },
      "InvalidParameterException",
      "The specified nextToken is invalid.",
    ],
  ])("refuses %s", (_, input, code, message) => {
    expect(() => filter(twoStreams(), input)).toThrow(expect.objectContaining({ code, message }));
  });

  it("refuses a token of another filter", () => {
    const context = twoStreams();
    const { nextToken = "" } = filter(context, { limit: 1 });
    expect(() => filter(context, { limit: 1, filterPattern: "a1", nextToken })).toThrow(
      "The specified nextToken is invalid.",
    );
  });
});
