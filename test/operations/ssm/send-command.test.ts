import { describe, expect, it } from "vitest";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import type { RunCommandTask } from "../../../emulator/operations/ports/command-control.ts";
import { sendCommand } from "../../../emulator/operations/ssm/send-command.ts";
import { refusal } from "../../helpers/refusal.ts";
import { db1, fleetContext, hybrid1, web1 } from "../ec2/fleet.ts";

type Input = Parameters<typeof sendCommand.handle>[0];

const base: Input = {
  DocumentName: "AWS-RunShellScript",
  InstanceIds: [web1.nodeId],
  Parameters: { commands: ["id", "echo hi"] },
};

function send(input: Partial<Input> = {}, overrides: Partial<OperationContext> = {}) {
  const tasks: RunCommandTask[] = [];
  const commands = { run: (task: RunCommandTask) => void tasks.push(task), cancel: () => {} };
  const context = { ...fleetContext(), commands, ...overrides };
  const { Command } = sendCommand.handle({ ...base, ...input }, context) as {
    readonly Command: Readonly<Record<string, unknown>>;
  };
  const [task] = tasks;
  if (task === undefined) throw new Error("nothing was run");
  return { Command, task };
}

const refused = (input: Partial<Input>) => refusal(() => send(input));
const targeted = (...Targets: NonNullable<Input["Targets"]>) =>
  send({ InstanceIds: [], Targets }).task.command.invocations.map(({ nodeId }) => nodeId);

describe("serialization", () => {
  it("answers with the pending command", () => {
    expect(send({ Comment: "why" }).Command).toEqual({
      CommandId: "00000000-0000-4000-8000-000000000001",
      DocumentName: "AWS-RunShellScript",
      DocumentVersion: "$DEFAULT",
      Comment: "why",
      ExpiresAfter: 1767330245.678,
      Parameters: base.Parameters,
      InstanceIds: [web1.nodeId],
      Targets: [],
      RequestedDateTime: 1767323045.678,
      Status: "Pending",
      StatusDetails: "Pending",
      OutputS3Region: "us-east-1",
      OutputS3BucketName: "",
      OutputS3KeyPrefix: "",
      MaxConcurrency: "50",
      MaxErrors: "0",
      TargetCount: 1,
      CompletedCount: 0,
      ErrorCount: 0,
      DeliveryTimedOutCount: 0,
      ServiceRole: "",
      NotificationConfig: { NotificationArn: "", NotificationEvents: [], NotificationType: "" },
      CloudWatchOutputConfig: { CloudWatchLogGroupName: "", CloudWatchOutputEnabled: false },
      TimeoutSeconds: 3600,
      AlarmConfiguration: { IgnorePollAlarmFailure: false, Alarms: [] },
      TriggeredAlarms: [],
    });
  });

  it("answers pending also where no node matches", () => {
    const Targets = [{ Key: "tag:Role", Values: ["nobody"] }];
    expect(send({ InstanceIds: [], Targets }).Command).toMatchObject({ Status: "Pending", TargetCount: 0 });
  });
});

describe("validation", () => {
  const inState = (ids: string) => `Instances [[${ids}]] not in a valid state for account 000000000000`;
  it.each<readonly [string, Partial<Input>, string, string | RegExp]>([
    ["an unknown node", { InstanceIds: ["i-0bbbbbbb"] }, "InvalidInstanceId", inState("i-0bbbbbbb")],
    ["an offline node", { InstanceIds: [web1.nodeId, db1.nodeId] }, "InvalidInstanceId", inState(db1.nodeId)],
    ["no node", { InstanceIds: [] }, "InvalidInstanceId", inState("")],
    ["a node twice", { InstanceIds: [web1.nodeId, web1.nodeId] }, "DuplicateInstanceId", ""],
    [
      "nodes in two ways",
      { Targets: [{ Key: "tag:a", Values: ["b"] }] },
      "ValidationException",
      /same request/,
    ],
    [
      "a resource group",
      { InstanceIds: [], Targets: [{ Key: "resource-groups:Name", Values: ["a"] }] },
      "ValidationException",
      /resource-groups:Name are not emulated/,
    ],
    [
      "an unknown document",
      { DocumentName: "mine" },
      "InvalidDocument",
      "Document with name mine does not exist.",
    ],
    [
      "another of AWS's",
      { DocumentName: "AWS-UpdateSSMAgent" },
      "InvalidDocument",
      /AWS-UpdateSSMAgent is not emulated/,
    ],
    ["a session document", { DocumentName: "AWS-StartSSHSession" }, "InvalidDocument", /type: 'Session'/],
    ["a version there is not", { DocumentVersion: "7" }, "InvalidDocumentVersion", /7/],
    ["no commands", { Parameters: {} }, "InvalidParameters", /commands is required/],
    ["an empty list", { Parameters: { commands: [] } }, "InvalidParameters", /commands is required/],
    ["a strange parameter", { Parameters: { commands: ["a"], x: ["y"] } }, "InvalidParameters", /x/],
    [
      "a timeout that is none",
      { Parameters: { commands: ["a"], executionTimeout: ["soon"] } },
      "InvalidParameters",
      /soon/,
    ],
    [
      "a timeout over two days",
      { Parameters: { commands: ["a"], executionTimeout: ["172801"] } },
      "InvalidParameters",
      /172801/,
    ],
    [
      "two working directories",
      { Parameters: { commands: ["a"], workingDirectory: ["/a", "/b"] } },
      "InvalidParameters",
      /one value/,
    ],
    [
      "Parameter Store",
      { Parameters: { commands: ["echo {{ssm:a}}"] } },
      "InvalidParameters",
      /not emulated/,
    ],
    ["a huge script", { Parameters: { commands: ["a".repeat(65_536)] } }, "MaxDocumentSizeExceeded", /64 KB/],
    ["a bucket", { OutputS3BucketName: "logs" }, "ValidationException", /OutputS3BucketName .* not emulated/],
    [
      "a log group",
      { CloudWatchOutputConfig: { CloudWatchOutputEnabled: true } },
      "ValidationException",
      /CloudWatchOutputConfig .* not emulated/,
    ],
  ])("refuses %s", (_, input, code, message) => {
    expect(refused(input)).toEqual({
      code,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  });

  it.each(["$DEFAULT", "$LATEST", "1"])("takes the document's version %s", (DocumentVersion) => {
    expect(send({ DocumentVersion }).Command.DocumentVersion).toBe(DocumentVersion);
  });
});

describe("behaviour", () => {
  it("joins the commands to a script, one a line, with the agent's defaults", () => {
    expect(send().task.script).toEqual({
      text: "id\necho hi\n",
      workingDirectory: "",
      executionTimeoutMs: 3_600_000,
    });
  });

  it.each([
    ["60", 60_000],
    ["172800", 172_800_000],
    ["4", 3_600_000],
  ])("lets a script run for %s s as the agent does: %i ms", (executionTimeout, expected) => {
    const Parameters = { commands: ["id"], executionTimeout: [executionTimeout] };
    const { task, Command } = send({ Parameters, TimeoutSeconds: 30 });
    expect(task.script.executionTimeoutMs).toBe(expected);
    expect(Command.ExpiresAfter).toBeCloseTo(1767323045.678 + 30 + expected / 1000, 3);
  });

  it("finds nodes by any value of each target, offline ones too", () => {
    const ids = { Key: "InstanceIds", Values: [web1.nodeId, db1.nodeId] };
    expect(targeted(ids)).toEqual([web1.nodeId, db1.nodeId]);
    expect(targeted({ Key: "tag:Role", Values: ["db", "web"] })).toEqual([web1.nodeId]);
    expect(targeted({ Key: "tag-key", Values: ["Name"] }, { Key: "tag:Role", Values: ["db"] })).toEqual([]);
  });

  it("takes ec2 nodes and hybrid ones", () => {
    expect(send({ InstanceIds: [hybrid1.nodeId] }).Command.TargetCount).toBe(1);
  });
});
