import { describe, expect, it } from "vitest";
import { createLogGroup } from "../../../emulator/operations/logs/create-log-group.ts";
import { deleteLogGroup } from "../../../emulator/operations/logs/delete-log-group.ts";
import { describeLogGroups } from "../../../emulator/operations/logs/describe-log-groups.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { logContext, write } from "./log-context.ts";

type Input = Parameters<typeof describeLogGroups.handle>[0];
type Output = { readonly logGroups: { logGroupName: string }[]; readonly nextToken?: string };

const list = (input: Input, context = twoGroups()) => describeLogGroups.handle(input, context) as Output;
const names = (input: Input) => list(input).logGroups.map(({ logGroupName }) => logGroupName);

function twoGroups() {
  const context = operationContext();
  createLogGroup.handle({ logGroupName: "/b", kmsKeyId: "key-1" }, context);
  createLogGroup.handle({ logGroupName: "/a/b", logGroupClass: "INFREQUENT_ACCESS" }, context);
  return context;
}

describe("CreateLogGroup", () => {
  it("refuses a name that is taken", () => {
    expect(() => createLogGroup.handle({ logGroupName: "/ssm" }, logContext())).toThrow(
      expect.objectContaining({
        code: "ResourceAlreadyExistsException",
        message: "The specified log group already exists",
      }),
    );
  });

  it("refuses deletion protection, which is not emulated", () => {
    const input = { logGroupName: "/a", deletionProtectionEnabled: true };
    expect(() => createLogGroup.handle(input, operationContext())).toThrow("does not emulate");
  });
});

describe("DescribeLogGroups", () => {
  it("writes a group as recorded from the service", () => {
    const context = twoGroups();
    expect(list({ logGroupNamePrefix: "/b" }, context)).toEqual({
      logGroups: [
        {
          logGroupName: "/b",
          creationTime: context.now,
          metricFilterCount: 0,
          arn: "arn:aws:logs:us-east-1:000000000000:log-group:/b:*",
          logGroupArn: "arn:aws:logs:us-east-1:000000000000:log-group:/b",
          storedBytes: 0,
          kmsKeyId: "key-1",
          logGroupClass: "STANDARD",
          deletionProtectionEnabled: false,
        },
      ],
    });
  });

  it.each<readonly [string, Input, readonly string[]]>([
    ["all, sorted by name", {}, ["/a/b", "/b"]],
    ["by prefix", { logGroupNamePrefix: "/a" }, ["/a/b"]],
    ["by pattern anywhere in the name", { logGroupNamePattern: "b" }, ["/a/b", "/b"]],
    ["by pattern, minding case", { logGroupNamePattern: "B" }, []],
    ["by class", { logGroupClass: "STANDARD" }, ["/b"]],
    ["by name", { logGroupIdentifiers: ["/b", "/c"] }, ["/b"]],
    ["by ARN", { logGroupIdentifiers: ["arn:aws:logs:us-east-1:000000000000:log-group:/b"] }, ["/b"]],
  ])("lists groups %s", (_, input, expected) => {
    expect(names(input)).toEqual(expected);
  });

  it("walks pages, the last of which has no token", () => {
    const context = twoGroups();
    const first = list({ limit: 1 }, context);
    expect(first.logGroups).toMatchObject([{ logGroupName: "/a/b" }]);
    const second = list({ limit: 1, nextToken: first.nextToken ?? "" }, context);
    expect(second.logGroups).toMatchObject([{ logGroupName: "/b" }]);
    expect(second).not.toHaveProperty("nextToken");
  });

  it.each<readonly [string, Input, string]>([
    [
      "prefix and pattern",
      { logGroupNamePrefix: "/a", logGroupNamePattern: "b" },
      "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    ],
    [
      "identifiers and a prefix",
      { logGroupNamePrefix: "/a", logGroupIdentifiers: ["/a"] },
      "logGroupIdentifiers cannot be combined with other filters than includeLinkedAccounts.",
    ],
    ["a made-up token", { nextToken: "made-up" }, "The specified nextToken is invalid."],
  ])("refuses %s", (_, input, message) => {
    expect(() => list(input)).toThrow(
      expect.objectContaining({ code: "InvalidParameterException", message }),
    );
  });
});

describe("DeleteLogGroup", () => {
  it("deletes the group with its streams and their events", () => {
    const context = logContext("s1");
    write(context, "s1", [0, "hello"]);
    deleteLogGroup.handle({ logGroupName: "/ssm" }, context);
    expect([...context.state.logGroups.values(), ...context.state.logStreams.values()]).toEqual([]);
    expect(context.state.logEvents.read("/ssm", "s1")).toEqual([]);
  });

  it("refuses a group there is not", () => {
    expect(() => deleteLogGroup.handle({ logGroupName: "/x" }, logContext())).toThrow(
      expect.objectContaining({
        code: "ResourceNotFoundException",
        message: "The specified log group does not exist.",
      }),
    );
  });
});
