import type { OperationContext } from "../../operation.ts";
import type { LogGroupRecord } from "../../ports/log-records.ts";
import { logsExceptions } from "./exceptions.ts";

/** How an operation names its log group. */
export interface LogGroupReference {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
}

/** ARN without the `:*` that stands for the streams. */
export function logGroupArn(context: OperationContext, groupName: string): string {
  return `arn:aws:logs:${context.region}:${context.accountId}:log-group:${groupName}`;
}

/**
 * The group of that name or ARN.
 * @throws ServiceException ValidationException unless exactly one is given; ResourceNotFoundException
 */
export function findLogGroup(reference: LogGroupReference, context: OperationContext): LogGroupRecord {
  const { logGroupName, logGroupIdentifier } = reference;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) throw logsExceptions.nameAndArn();
  const name = logGroupName ?? (logGroupIdentifier && nameInIdentifier(logGroupIdentifier, context));
  if (name === undefined) throw logsExceptions.noGroupGiven();
  const group = context.state.logGroups.get(name);
  if (group === undefined) throw logsExceptions.groupMissing();
  return group;
}

/** The name in an ARN of this account and region; anything else is taken for a name. */
export function nameInIdentifier(identifier: string, context: OperationContext): string {
  const prefix = logGroupArn(context, "");
  return identifier.startsWith(prefix) ? identifier.slice(prefix.length) : identifier;
}
