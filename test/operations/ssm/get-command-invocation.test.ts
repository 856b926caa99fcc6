import { describe, expect, it } from "vitest";
import { getCommandInvocation } from "../../../emulator/operations/ssm/get-command-invocation.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { refusal } from "../../helpers/refusal.ts";
import { commandId, commandRecord, contextWith, failedInvocation, invocation, nodeId } from "./commands.ts";

const dayMs = 24 * 60 * 60 * 1000;
const { now } = operationContext();
const input = { CommandId: commandId, InstanceId: nodeId };

describe("GetCommandInvocation", () => {
  it("tells all of a command that has ended", () => {
    const command = commandRecord({ comment: "why", invocations: [failedInvocation()] });
    expect(getCommandInvocation.handle(input, contextWith(command))).toEqual({
      CommandId: commandId,
      InstanceId: nodeId,
      Comment: "why",
      DocumentName: "AWS-RunShellScript",
      DocumentVersion: "$DEFAULT",
      PluginName: "aws:runShellScript",
      ResponseCode: 7,
      ExecutionStartDateTime: "2026-01-02T03:04:04.778Z",
      ExecutionElapsedTime: "PT1.5S",
      ExecutionEndDateTime: "2026-01-02T03:04:06.278Z",
      Status: "Failed",
      StatusDetails: "Failed",
      StandardOutputContent: "out\n",
      StandardOutputUrl: "",
      StandardErrorContent: "err\nfailed to run commands: exit status 7",
      StandardErrorUrl: "",
      CloudWatchOutputConfig: { CloudWatchLogGroupName: "", CloudWatchOutputEnabled: false },
    });
  });

  it.each(["Pending", "InProgress"] as const)("tells neither times nor a code while it is %s", (state) => {
    const command = commandRecord({ invocations: [invocation({ state, startedAt: now })] });
    expect(getCommandInvocation.handle(input, contextWith(command))).toMatchObject({
      Status: state,
      StatusDetails: state,
      ResponseCode: -1,
      ExecutionStartDateTime: "",
      ExecutionElapsedTime: "",
      ExecutionEndDateTime: "",
    });
  });

  it.each([
    [0, "PT0S"],
    [3_600_271, "PT1H0.271S"],
    [83_000, "PT1M23S"],
  ])("writes %i ms as %s", (elapsed, expected) => {
    const command = commandRecord({
      invocations: [failedInvocation({ startedAt: now, endedAt: now + elapsed })],
    });
    expect(getCommandInvocation.handle(input, contextWith(command))).toMatchObject({
      ExecutionElapsedTime: expected,
    });
  });

  it.each([
    ["another command", { CommandId: "99999999-2222-4333-8444-555555555555" }, "InvocationDoesNotExist"],
    ["another node", { InstanceId: "i-0bbbbbbb" }, "InvocationDoesNotExist"],
    ["another plugin", { PluginName: "aws:runPowerShellScript" }, "InvalidPluginName"],
  ])("knows nothing of %s", (_, other, code) => {
    const ask = () => getCommandInvocation.handle({ ...input, ...other }, contextWith(commandRecord()));
    expect(refusal(ask)).toEqual({ code, message: "" });
  });

  it("forgets a command after 30 days", () => {
    const ask = (requestedAt: number) => () =>
      getCommandInvocation.handle(input, contextWith(commandRecord({ requestedAt })));
    expect(ask(now - 30 * dayMs + 1)).not.toThrow();
    expect(refusal(ask(now - 30 * dayMs)).code).toBe("InvocationDoesNotExist");
  });
});
