import { createLogGroup } from "../../../emulator/operations/logs/create-log-group.ts";
import { createLogStream } from "../../../emulator/operations/logs/create-log-stream.ts";
import { putLogEvents } from "../../../emulator/operations/logs/put-log-events.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { operationContext } from "../../helpers/operation-context.ts";

/** A context with the group `/ssm` and these streams in it. */
export function logContext(...streamNames: readonly string[]): OperationContext {
  const context = operationContext();
  createLogGroup.handle({ logGroupName: "/ssm" }, context);
  for (const logStreamName of streamNames)
    createLogStream.handle({ logGroupName: "/ssm", logStreamName }, context);
  return context;
}

/** Writes events to a stream of `/ssm`; times are milliseconds before the context's now. */
export function write(
  context: OperationContext,
  logStreamName: string,
  ...events: readonly (readonly [agoMs: number, message: string])[]
): object | Promise<object> {
  const logEvents = events.map(([agoMs, message]) => ({ timestamp: context.now - agoMs, message }));
  return putLogEvents.handle({ logGroupName: "/ssm", logStreamName, logEvents }, context);
}
