import type { EpochMillis } from "../../../clock.ts";
import { isoMillis } from "../../../iso-date.ts";
import { type CommandRecord, type InvocationRecord, isError, isOpen } from "../../ports/command-record.ts";
import { commandStatus, invocationStatus } from "./command-status.ts";

/** The one step of AWS-RunShellScript. */
export const pluginName = "aws:runShellScript";

/** No command here writes to CloudWatch Logs. */
const noCloudWatchOutput = { CloudWatchLogGroupName: "", CloudWatchOutputEnabled: false };
const noNotifications = { NotificationArn: "", NotificationEvents: [], NotificationType: "" };
/** Where all output would go. */
const noOutputUrls = { StandardOutputUrl: "", StandardErrorUrl: "" };

/** A command as SendCommand and ListCommands show it. @see SSM API reference, Command */
export function presentCommand(command: CommandRecord, region: string): object {
  const { invocations } = command;
  const count = (test: (invocation: InvocationRecord) => boolean) => invocations.filter(test).length;
  return {
    CommandId: command.commandId,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    ExpiresAfter: command.expiresAt / 1000,
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: command.targets.map(({ key, values }) => ({ Key: key, Values: values })),
    RequestedDateTime: command.requestedAt / 1000,
    ...commandStatus(command),
    OutputS3Region: region,
    OutputS3BucketName: "",
    OutputS3KeyPrefix: "",
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: invocations.length,
    CompletedCount: count((invocation) => !isOpen(invocation)),
    ErrorCount: count(isError),
    DeliveryTimedOutCount: count(({ state }) => state === "DeliveryTimedOut"),
    ServiceRole: "",
    NotificationConfig: noNotifications,
    CloudWatchOutputConfig: noCloudWatchOutput,
    TimeoutSeconds: command.timeoutSeconds,
    AlarmConfiguration: { IgnorePollAlarmFailure: false, Alarms: [] },
    TriggeredAlarms: [],
  };
}

/** A command on one node as GetCommandInvocation shows it: times and output when it has ended, as the agent tells them. */
export function presentInvocation(command: CommandRecord, invocation: InvocationRecord): object {
  return {
    CommandId: command.commandId,
    InstanceId: invocation.nodeId,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    PluginName: pluginName,
    ResponseCode: invocation.responseCode,
    ...executionTimes(invocation),
    ...invocationStatus(invocation),
    StandardOutputContent: invocation.standardOutput,
    StandardErrorContent: invocation.standardError,
    ...noOutputUrls,
    CloudWatchOutputConfig: noCloudWatchOutput,
  };
}

/** The same as ListCommandInvocations shows it. @see SSM API reference, CommandInvocation */
export function presentListedInvocation(
  command: CommandRecord,
  invocation: InvocationRecord,
  { details, region }: { readonly details: boolean; readonly region: string },
): object {
  return {
    CommandId: command.commandId,
    InstanceId: invocation.nodeId,
    InstanceName: invocation.nodeName,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    RequestedDateTime: command.requestedAt / 1000,
    ...invocationStatus(invocation),
    ...noOutputUrls,
    CommandPlugins: details ? [presentPlugin(invocation, region)] : [],
    ServiceRole: "",
    NotificationConfig: noNotifications,
    CloudWatchOutputConfig: noCloudWatchOutput,
  };
}

function presentPlugin(invocation: InvocationRecord, region: string): object {
  const { startedAt, endedAt } = reportedTimes(invocation);
  return {
    Name: pluginName,
    ...invocationStatus(invocation),
    ResponseCode: invocation.responseCode,
    ...(startedAt !== undefined && { ResponseStartDateTime: startedAt / 1000 }),
    ...(endedAt !== undefined && { ResponseFinishDateTime: endedAt / 1000 }),
    Output: invocation.output,
    ...noOutputUrls,
    OutputS3Region: region,
    OutputS3BucketName: "",
    OutputS3KeyPrefix: "",
  };
}

function executionTimes(invocation: InvocationRecord) {
  const { startedAt, endedAt } = reportedTimes(invocation);
  const isKnown = startedAt !== undefined && endedAt !== undefined;
  return {
    ExecutionStartDateTime: isKnown ? isoMillis(startedAt) : "",
    ExecutionElapsedTime: isKnown ? isoDuration(endedAt - startedAt) : "",
    ExecutionEndDateTime: isKnown ? isoMillis(endedAt) : "",
  };
}

/** The agent's first reply says only that the command is in progress. @see agent-ground-truth vectors, runCommandJob */
function reportedTimes({ startedAt, endedAt }: InvocationRecord): {
  readonly startedAt?: EpochMillis | undefined;
  readonly endedAt?: EpochMillis | undefined;
} {
  return startedAt === undefined || endedAt === undefined ? {} : { startedAt, endedAt };
}

/** As Java writes it: `PT1H2M3.5S`. */
function isoDuration(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  const parts = [hours > 0 && `${hours}H`, minutes > 0 && `${minutes}M`, seconds > 0 && `${seconds}S`];
  return `PT${parts.filter((part) => part !== false).join("") || "0S"}`;
}
