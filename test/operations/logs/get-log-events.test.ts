import { describe, expect, it } from "vitest";
import { getLogEvents } from "../../../emulator/operations/logs/get-log-events.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { logContext, write } from "./log-context.ts";

type Input = Omit<Parameters<typeof getLogEvents.handle>[0], "logStreamName">;
interface Output {
  readonly events: { readonly message: string }[];
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

function get(context: OperationContext, input: Input = {}): Output {
  return getLogEvents.handle({ logGroupName: "/ssm", logStreamName: "s", ...input }, context) as Output;
}

const messages = ({ events }: Output) => events.map(({ message }) => message).join("");

function fiveEvents() {
  const context = logContext("s");
  write(context, "s", [5, "a"], [4, "b"], [3, "c"], [3, "d"], [1, "e"]);
  return context;
}

describe("GetLogEvents", () => {
  it("writes events with epoch milliseconds", () => {
    const context = fiveEvents();
    expect(get(context, { limit: 1 })).toEqual({
      events: [{ timestamp: context.now - 1, message: "e", ingestionTime: context.now }],
      nextForwardToken: expect.stringMatching(/^f\/\d{56}\/s$/),
      nextBackwardToken: expect.stringMatching(/^b\/\d{56}\/s$/),
    });
  });

  it("gives the latest events, oldest first, and the earliest when told so", () => {
    expect(messages(get(fiveEvents()))).toBe("abcde");
    expect(messages(get(fiveEvents(), { limit: 2 }))).toBe("de");
    expect(messages(get(fiveEvents(), { limit: 2, startFromHead: true }))).toBe("ab");
  });

  it("takes the start into the range and leaves the end out", () => {
    const context = fiveEvents();
    expect(messages(get(context, { startTime: context.now - 4, endTime: context.now - 1 }))).toBe("bcd");
  });

  it("walks forward until the token sent comes back", () => {
    const context = fiveEvents();
    const first = get(context, { limit: 3, startFromHead: true });
    const second = get(context, { limit: 3, nextToken: first.nextForwardToken });
    const third = get(context, { limit: 3, nextToken: second.nextForwardToken });
    expect([first, second, third].map(messages)).toEqual(["abc", "de", ""]);
    expect(third.nextForwardToken).toBe(second.nextForwardToken);
  });

  it("walks backward until the token sent comes back, and forward again", () => {
    const context = fiveEvents();
    const first = get(context, { limit: 2 });
    const second = get(context, { limit: 2, nextToken: first.nextBackwardToken });
    const third = get(context, { limit: 2, nextToken: second.nextBackwardToken });
    const fourth = get(context, { limit: 2, nextToken: third.nextBackwardToken });
    expect([first, second, third, fourth].map(messages)).toEqual(["de", "bc", "a", ""]);
    expect(fourth.nextBackwardToken).toBe(third.nextBackwardToken);
    expect(messages(get(context, { limit: 2, nextToken: second.nextForwardToken }))).toBe("de");
  });

  it("goes on with events written after the end was reached, from an empty stream too", () => {
    const context = logContext("s");
    const empty = get(context);
    expect(messages(empty)).toBe("");
    write(context, "s", [2, "a"]);
    const first = get(context, { nextToken: empty.nextForwardToken });
    write(context, "s", [1, "b"]);
    const second = get(context, { nextToken: first.nextForwardToken });
    expect([first, second].map(messages)).toEqual(["a", "b"]);
  });

  it("refuses a made-up token", () => {
    expect(() => get(fiveEvents(), { nextToken: "f/1/s" })).toThrow("The specified nextToken is invalid.");
  });

  it("refuses name and ARN of the group together", () => {
    expect(() => get(fiveEvents(), { logGroupIdentifier: "/ssm" })).toThrow("mutually exclusive");
  });
});
