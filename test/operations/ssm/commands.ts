import type { CommandRecord, InvocationRecord } from "../../../emulator/operations/ports/command-record.ts";
import { operationContext } from "../../helpers/operation-context.ts";

export const commandId = "11111111-2222-4333-8444-555555555555";
export const nodeId = "i-0aaaaaaaaaaaaaaa1";
const { now } = operationContext();

/** A command on one node that was sent a second ago and waits. */
export function commandRecord(overrides: Partial<CommandRecord> = {}): CommandRecord {
  return {
    commandId,
    documentName: "AWS-RunShellScript",
    documentVersion: "$DEFAULT",
    comment: "",
    parameters: { commands: ["id"] },
    instanceIds: [nodeId],
    targets: [],
    requestedAt: now - 1_000,
    timeoutSeconds: 3_600,
    expiresAt: now - 1_000 + 7_200_000,
    maxConcurrency: "50",
    maxErrors: "0",
    isCancelled: false,
    invocations: [invocation()],
    ...overrides,
  };
}

export function invocation(overrides: Partial<InvocationRecord> = {}): InvocationRecord {
  return {
    nodeId,
    nodeName: "web-1.ec2.internal",
    state: "Pending",
    startedAt: undefined,
    endedAt: undefined,
    responseCode: -1,
    standardOutput: "",
    standardError: "",
    output: "",
    ...overrides,
  };
}

/** One that failed after 1.5 seconds. */
export function failedInvocation(overrides: Partial<InvocationRecord> = {}): InvocationRecord {
  return invocation({
    state: "Failed",
    startedAt: now - 900,
    endedAt: now + 600,
    responseCode: 7,
    standardOutput: "out\n",
    standardError: "err\nfailed to run commands: exit status 7",
    output: "out\n\n----------ERROR-------\nerr\nfailed to run commands: exit status 7",
    ...overrides,
  });
}

/** The root's request to an account with these commands. */
export function contextWith(...commands: readonly CommandRecord[]) {
  const context = operationContext();
  for (const command of commands) context.state.commands.put(command.commandId, command);
  return context;
}
