import { describe, expect, it } from "vitest";
import { listCommandInvocations } from "../../../emulator/operations/ssm/list-command-invocations.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { refusal } from "../../helpers/refusal.ts";
import { commandId, commandRecord, contextWith, failedInvocation, invocation, nodeId } from "./commands.ts";

type Input = Parameters<typeof listCommandInvocations.handle>[0];
type Output = { readonly CommandInvocations: readonly { readonly InstanceId: string }[] };

const { now } = operationContext();
const onTwoNodes = commandRecord({
  invocations: [failedInvocation(), invocation({ nodeId: "i-0bbbbbbb", state: "InProgress" })],
});

function nodes(input: Input) {
  const { CommandInvocations } = listCommandInvocations.handle(input, contextWith(onTwoNodes)) as Output;
  return CommandInvocations.map(({ InstanceId }) => InstanceId);
}

describe("ListCommandInvocations", () => {
  it("tells of each node, with details its plugin", () => {
    const context = contextWith(commandRecord({ invocations: [failedInvocation()] }));
    const shown = {
      CommandId: commandId,
      InstanceId: nodeId,
      InstanceName: "web-1.ec2.internal",
      Comment: "",
      DocumentName: "AWS-RunShellScript",
      DocumentVersion: "$DEFAULT",
      RequestedDateTime: (now - 1_000) / 1_000,
      Status: "Failed",
      StatusDetails: "Failed",
      StandardOutputUrl: "",
      StandardErrorUrl: "",
      CommandPlugins: [],
      ServiceRole: "",
      NotificationConfig: { NotificationArn: "", NotificationEvents: [], NotificationType: "" },
      CloudWatchOutputConfig: { CloudWatchLogGroupName: "", CloudWatchOutputEnabled: false },
    };
    const plugin = {
      Name: "aws:runShellScript",
      Status: "Failed",
      StatusDetails: "Failed",
      ResponseCode: 7,
      ResponseStartDateTime: (now - 900) / 1_000,
      ResponseFinishDateTime: (now + 600) / 1_000,
      Output: "out\n\n----------ERROR-------\nerr\nfailed to run commands: exit status 7",
      StandardOutputUrl: "",
      StandardErrorUrl: "",
      OutputS3Region: "us-east-1",
      OutputS3BucketName: "",
      OutputS3KeyPrefix: "",
    };
    expect(listCommandInvocations.handle({}, context)).toEqual({ CommandInvocations: [shown] });
    expect(listCommandInvocations.handle({ Details: true }, context)).toEqual({
      CommandInvocations: [{ ...shown, CommandPlugins: [plugin] }],
    });
  });

  it.each<readonly [Input, readonly string[]]>([
    [{ CommandId: commandId }, [nodeId, "i-0bbbbbbb"]],
    [{ CommandId: "99999999-2222-4333-8444-555555555555" }, []],
    [{ InstanceId: "i-0bbbbbbb" }, ["i-0bbbbbbb"]],
    [{ Filters: [{ key: "Status", value: "Failed" }] }, [nodeId]],
    [{ MaxResults: 1 }, [nodeId]],
  ])("takes %j", (input, expected) => {
    expect(nodes(input)).toEqual(expected);
  });

  it("has no execution stages", () => {
    const ask = () => nodes({ Filters: [{ key: "ExecutionStage", value: "Complete" }] });
    expect(refusal(ask).code).toBe("InvalidFilterKey");
  });
});
