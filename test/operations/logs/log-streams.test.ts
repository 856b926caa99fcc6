import { describe, expect, it } from "vitest";
import { createLogStream } from "../../../emulator/operations/logs/create-log-stream.ts";
import { deleteLogStream } from "../../../emulator/operations/logs/delete-log-stream.ts";
import { describeLogStreams } from "../../../emulator/operations/logs/describe-log-streams.ts";
import { logContext, write } from "./log-context.ts";

type Input = Parameters<typeof describeLogStreams.handle>[0];
type Output = { readonly logStreams: { logStreamName: string }[]; readonly nextToken?: string };

const list = (input: Input, context = logContext("b", "a1", "a2")) =>
  describeLogStreams.handle(input, context) as Output;
const names = (output: Output) => output.logStreams.map(({ logStreamName }) => logStreamName);

describe("CreateLogStream", () => {
  it.each([
    ["/x", "s", "ResourceNotFoundException", "The specified log group does not exist."],
    ["/ssm", "s", "ResourceAlreadyExistsException", "The specified log stream already exists"],
  ])("refuses %s %s", (logGroupName, logStreamName, code, message) => {
    expect(() => createLogStream.handle({ logGroupName, logStreamName }, logContext("s"))).toThrow(
      expect.objectContaining({ code, message }),
    );
  });
});

describe("DescribeLogStreams", () => {
  it("writes times of events only after the first write", () => {
    const context = logContext("s");
    const unwritten = {
      logStreamName: "s",
      creationTime: context.now,
      arn: "arn:aws:logs:us-east-1:000000000000:log-group:/ssm:log-stream:s",
      storedBytes: 0,
    };
    expect(list({ logGroupName: "/ssm" }, context).logStreams).toEqual([unwritten]);
    write(context, "s", [5, "one"], [1, "two"]);
    write(context, "s", [3, "late"]);
    expect(list({ logGroupName: "/ssm" }, context).logStreams).toEqual([
      {
        ...unwritten,
        firstEventTimestamp: context.now - 5,
        lastEventTimestamp: context.now - 1,
        lastIngestionTime: context.now,
        uploadSequenceToken: expect.stringMatching(/^\d{56}$/),
      },
    ]);
  });

  it.each<readonly [string, Input, readonly string[]]>([
    ["sorted by name", { logGroupName: "/ssm" }, ["a1", "a2", "b"]],
    ["descending", { logGroupName: "/ssm", descending: true }, ["b", "a2", "a1"]],
    ["by prefix", { logGroupName: "/ssm", logStreamNamePrefix: "a" }, ["a1", "a2"]],
    [
      "of a group named by ARN",
      { logGroupIdentifier: "arn:aws:logs:us-east-1:000000000000:log-group:/ssm", logStreamNamePrefix: "b" },
      ["b"],
    ],
  ])("lists streams %s", (_, input, expected) => {
    expect(names(list(input))).toEqual(expected);
  });

  it("orders by the last event", () => {
    const context = logContext("a", "b", "c");
    write(context, "a", [1, "newest"]);
    write(context, "c", [9, "older"]);
    expect(names(list({ logGroupName: "/ssm", orderBy: "LastEventTime" }, context))).toEqual(["b", "c", "a"]);
  });

  it("walks pages, the last of which has no token", () => {
    const context = logContext("a", "b", "c");
    const first = list({ logGroupName: "/ssm", limit: 2 }, context);
    expect(names(first)).toEqual(["a", "b"]);
    const second = list({ logGroupName: "/ssm", limit: 2, nextToken: first.nextToken ?? "" }, context);
    expect(names(second)).toEqual(["c"]);
    expect(second).not.toHaveProperty("nextToken");
  });

  it.each<readonly [string, Input, string, string]>([
    [
      "both names of the group",
      { logGroupName: "/ssm", logGroupIdentifier: "/ssm" },
      "ValidationException",
      "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    ],
    ["no group", {}, "ValidationException", "Either logGroupName or logGroupIdentifier must be given."],
    [
      "an order that the prefix rules out",
      { logGroupName: "/ssm", orderBy: "LastEventTime", logStreamNamePrefix: "a" },
      "InvalidParameterException",
      "Cannot order by LastEventTime with a logStreamNamePrefix.",
    ],
    [
      "a made-up token",
      { logGroupName: "/ssm", nextToken: "made-up" },
      "InvalidParameterException",
      "The specified nextToken is invalid.",
    ],
  ])("refuses %s", (_, input, code, message) => {
    expect(() => list(input)).toThrow(expect.objectContaining({ code, message }));
  });
});

describe("DeleteLogStream", () => {
  const stream = { logGroupName: "/ssm", logStreamName: "s" };

  it("deletes the stream with its events", () => {
    const context = logContext("s", "t");
    write(context, "s", [0, "hello"]);
    deleteLogStream.handle(stream, context);
    createLogStream.handle(stream, context);
    expect(context.state.logEvents.read("/ssm", "s")).toEqual([]);
  });

  it("refuses a stream there is not", () => {
    expect(() => deleteLogStream.handle(stream, logContext())).toThrow(
      expect.objectContaining({
        code: "ResourceNotFoundException",
        message: "The specified log stream does not exist.",
      }),
    );
  });
});
