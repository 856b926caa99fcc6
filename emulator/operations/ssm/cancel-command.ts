import { Type } from "typebox";
import { ServiceException } from "../../errors.ts";
import { operation } from "../operation.ts";
import { findInvocation, findRecentCommand } from "./shared/command-history.ts";
import { checkDuplicates } from "./shared/command-nodes.ts";
import { commandSchemas } from "./shared/command-schemas.ts";

/**
 * Ends a command where it has not ended.
 * @see API_CancelCommand; aws-api reference, section 2.5
 */
export const cancelCommand = operation({
  service: "ssm",
  name: "CancelCommand",
  input: Type.Object({
    CommandId: commandSchemas.commandId,
    InstanceIds: Type.Optional(commandSchemas.instanceIds),
  }),
  handle({ CommandId, InstanceIds = [] }, context) {
    const command = findRecentCommand(CommandId, context);
    if (command === undefined) throw new ServiceException("InvalidCommandId");
    checkDuplicates(InstanceIds);
    const strange = InstanceIds.filter((nodeId) => findInvocation(command, nodeId) === undefined);
    if (strange.length > 0) throw notOfCommand(strange, context.accountId);
    if (InstanceIds.length === 0) context.commands.cancel(CommandId);
    else context.commands.cancel(CommandId, InstanceIds);
    return {};
  },
});

/** @unverified Code from the API model, text of SendCommand; one such CancelCommand would settle it. */
function notOfCommand(nodeIds: readonly string[], accountId: string): ServiceException {
  return new ServiceException(
    "InvalidInstanceId",
    `Instances [[${nodeIds.join(", ")}]] not in a valid state for account ${accountId}`,
  );
}
