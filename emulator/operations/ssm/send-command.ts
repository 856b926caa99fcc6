import { type Static, Type } from "typebox";
import { ServiceException } from "../../errors.ts";
import { type OperationContext, operation } from "../operation.ts";
import type { ShellScript } from "../ports/command-control.ts";
import type { CommandRecord, InvocationRecord } from "../ports/command-record.ts";
import type { NodeDescription } from "../ports/managed-nodes.ts";
import { chooseCommandNodes } from "./shared/command-nodes.ts";
import { commandSchemas } from "./shared/command-schemas.ts";
import { presentCommand } from "./shared/present-command.ts";
import { checkCommandDocument, readShellScript, runShellScriptName } from "./shared/run-shell-script.ts";

const defaultTimeoutSeconds = 3600;
/** @see SSM API reference, SendCommand, "MaxConcurrency" and "MaxErrors" */
const defaultMaxConcurrency = "50";
const defaultMaxErrors = "0";

const SendCommandRequest = Type.Object({
  DocumentName: Type.String({ pattern: "^[a-zA-Z0-9_\\-.:/]{3,128}$" }),
  DocumentVersion: Type.Optional(Type.String({ pattern: "([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)" })),
  InstanceIds: Type.Optional(commandSchemas.instanceIds),
  Targets: Type.Optional(
    Type.Array(
      Type.Object({
        Key: Type.Optional(Type.String({ minLength: 1, maxLength: 163 })),
        Values: Type.Optional(Type.Array(Type.String(), { maxItems: 50 })),
      }),
      { maxItems: 5 },
    ),
  ),
  TimeoutSeconds: Type.Optional(Type.Integer({ minimum: 30, maximum: 2_592_000 })),
  Comment: Type.Optional(Type.String({ maxLength: 100 })),
  Parameters: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
  MaxConcurrency: Type.Optional(
    Type.String({ minLength: 1, maxLength: 7, pattern: "^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$" }),
  ),
  MaxErrors: Type.Optional(
    Type.String({ minLength: 1, maxLength: 7, pattern: "^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$" }),
  ),
  OutputS3BucketName: Type.Optional(Type.String({ maxLength: 63 })),
  NotificationConfig: Type.Optional(Type.Object({ NotificationArn: Type.Optional(Type.String()) })),
  CloudWatchOutputConfig: Type.Optional(
    Type.Object({ CloudWatchOutputEnabled: Type.Optional(Type.Boolean()) }),
  ),
  AlarmConfiguration: Type.Optional(Type.Object({})),
});

type Input = Static<typeof SendCommandRequest>;

/**
 * Runs a shell script as root on nodes.
 * @see API_SendCommand; aws-api reference, section 2.5
 */
export const sendCommand = operation({
  service: "ssm",
  name: "SendCommand",
  input: SendCommandRequest,
  handle(input, context) {
    checkCommandDocument(input, context);
    refuseWhatIsMissing(input);
    const script = readShellScript(input.Parameters ?? {});
    const command = newCommand(input, script, context);
    context.commands.run({ command, script });
    const pending = { Status: "Pending", StatusDetails: "Pending" };
    return { Command: { ...presentCommand(command, context.region), ...pending } };
  },
});

function newCommand(input: Input, script: ShellScript, context: OperationContext): CommandRecord {
  const { now, random } = context;
  const instanceIds = input.InstanceIds ?? [];
  const targets = (input.Targets ?? []).map(({ Key = "", Values = [] }) => ({ key: Key, values: Values }));
  const nodes = chooseCommandNodes({ instanceIds, targets }, context);
  const timeoutSeconds = input.TimeoutSeconds ?? defaultTimeoutSeconds;
  return {
    commandId: random.uuid(),
    documentName: runShellScriptName,
    documentVersion: input.DocumentVersion ?? "$DEFAULT",
    comment: input.Comment ?? "",
    parameters: input.Parameters ?? {},
    instanceIds,
    targets,
    timeoutSeconds,
    maxConcurrency: input.MaxConcurrency ?? defaultMaxConcurrency,
    maxErrors: input.MaxErrors ?? defaultMaxErrors,
    requestedAt: now,
    expiresAt: now + timeoutSeconds * 1000 + script.executionTimeoutMs,
    isCancelled: false,
    invocations: nodes.map(pendingInvocation),
  };
}

function pendingInvocation({ nodeId, computerName }: NodeDescription): InvocationRecord {
  return {
    nodeId,
    nodeName: computerName,
    state: "Pending",
    responseCode: -1,
    startedAt: undefined,
    endedAt: undefined,
    standardOutput: "",
    standardError: "",
    output: "",
  };
}

/** Output that somebody waits for elsewhere is better refused than lost. */
function refuseWhatIsMissing(input: Input): void {
  const asked = {
    OutputS3BucketName: Boolean(input.OutputS3BucketName),
    CloudWatchOutputConfig: input.CloudWatchOutputConfig?.CloudWatchOutputEnabled === true,
    NotificationConfig: Boolean(input.NotificationConfig?.NotificationArn),
    AlarmConfiguration: input.AlarmConfiguration !== undefined,
  };
  for (const [member, isAsked] of Object.entries(asked)) {
    if (isAsked) throw new ServiceException("ValidationException", `${member} of commands is not emulated.`);
  }
}
