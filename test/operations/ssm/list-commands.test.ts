import { describe, expect, it } from "vitest";
import { listCommands } from "../../../emulator/operations/ssm/list-commands.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { refusal } from "../../helpers/refusal.ts";
import { commandRecord, contextWith, failedInvocation, invocation } from "./commands.ts";

type Input = Parameters<typeof listCommands.handle>[0];
type Output = {
  readonly Commands: readonly { readonly CommandId: string; readonly Status: string }[];
  readonly NextToken?: string;
};

const { now } = operationContext();
const id = (letter: string) => `${letter.repeat(8)}-2222-4333-8444-555555555555`;
const account = contextWith(
  commandRecord({ commandId: id("a"), requestedAt: now - 2_000, invocations: [failedInvocation()] }),
  commandRecord({ commandId: id("b") }),
  commandRecord({
    commandId: id("c"),
    invocations: [failedInvocation({ nodeId: "i-0bbbbbbb", state: "ExecutionTimedOut" })],
  }),
);

function list(input: Input, context = account) {
  const { Commands, NextToken } = listCommands.handle(input, context) as Output;
  return { ids: Commands.map(({ CommandId }) => CommandId[0]).join(""), NextToken };
}

describe("ListCommands", () => {
  it("lists the newest first, also within a millisecond", () => {
    expect(list({}).ids).toBe("cba");
  });

  it("counts what has become of a command", () => {
    const invocations = [
      invocation({ nodeId: "i-00000001", state: "Success" }),
      failedInvocation({ nodeId: "i-00000002" }),
      invocation({ nodeId: "i-00000003", state: "DeliveryTimedOut" }),
      invocation({ nodeId: "i-00000004", state: "InProgress" }),
    ];
    expect(listCommands.handle({}, contextWith(commandRecord({ invocations })))).toMatchObject({
      Commands: [
        { Status: "InProgress", TargetCount: 4, CompletedCount: 3, ErrorCount: 1, DeliveryTimedOutCount: 1 },
      ],
    });
  });

  it.each<readonly [Input, string]>([
    [{ CommandId: id("b") }, "b"],
    [{ InstanceId: "i-0bbbbbbb" }, "c"],
    [{ Filters: [{ key: "Status", value: "Failed" }] }, "a"],
    [{ Filters: [{ key: "Status", value: "TimedOut" }] }, "c"],
    [{ Filters: [{ key: "Status", value: "ExecutionTimedOut" }] }, "c"],
    [{ Filters: [{ key: "ExecutionStage", value: "Executing" }] }, "b"],
    [{ Filters: [{ key: "ExecutionStage", value: "Complete" }] }, "ca"],
    [{ Filters: [{ key: "DocumentName", value: "AWS-RunShellScript" }] }, "cba"],
    [{ Filters: [{ key: "InvokedBefore", value: "2026-01-02T03:04:04.678Z" }] }, "a"],
    [{ Filters: [{ key: "InvokedAfter", value: "2026-01-02T03:04:04.678Z" }] }, "cb"],
    [
      {
        Filters: [
          { key: "ExecutionStage", value: "Complete" },
          { key: "Status", value: "Failed" },
        ],
      },
      "a",
    ],
  ])("takes %j", (input, ids) => {
    expect(list(input).ids).toBe(ids);
  });

  it.each<readonly [Input, string]>([
    [{ CommandId: id("d") }, "InvalidCommandId"],
    [{ Filters: [{ key: "ExecutionStage", value: "Done" }] }, "ValidationException"],
    [{ Filters: [{ key: "InvokedAfter", value: "yesterday" }] }, "ValidationException"],
  ])("refuses %j", (input, code) => {
    expect(refusal(() => list(input)).code).toBe(code);
  });

  it("gives out pages, whose tokens hold for the same question only", () => {
    const { ids, NextToken = "" } = list({ MaxResults: 2 });
    expect(ids).toBe("cb");
    expect(list({ MaxResults: 2, NextToken })).toEqual({ ids: "a", NextToken: undefined });
    const other = { InstanceId: "i-0bbbbbbb", NextToken };
    expect(refusal(() => list(other)).code).toBe("InvalidNextToken");
  });
});
