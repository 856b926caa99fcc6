import { Type } from "typebox";
import { ServiceException } from "../../errors.ts";
import { operation } from "../operation.ts";
import { commandFilter } from "./shared/command-filter.ts";
import { findInvocation, findRecentCommand, listRecentCommands } from "./shared/command-history.ts";
import { commandSchemas } from "./shared/command-schemas.ts";
import { commandStatus } from "./shared/command-status.ts";
import { presentCommand } from "./shared/present-command.ts";
import { ssmPage } from "./shared/ssm-page.ts";

const defaultPageSize = 50;

/**
 * The commands of the last 30 days, newest first.
 * @see API_ListCommands; aws-api reference, section 2.5
 */
export const listCommands = operation({
  service: "ssm",
  name: "ListCommands",
  input: Type.Object({
    CommandId: Type.Optional(commandSchemas.commandId),
    InstanceId: Type.Optional(commandSchemas.instanceId),
    MaxResults: Type.Optional(commandSchemas.maxResults),
    NextToken: Type.Optional(Type.String()),
    Filters: Type.Optional(commandSchemas.filters),
  }),
  handle(input, context) {
    const { CommandId, InstanceId } = input;
    const passes = commandFilter(input.Filters);
    if (CommandId !== undefined && findRecentCommand(CommandId, context) === undefined) {
      throw new ServiceException("InvalidCommandId");
    }
    const commands = listRecentCommands(context)
      .filter(({ commandId }) => CommandId === undefined || commandId === CommandId)
      .filter((command) => InstanceId === undefined || findInvocation(command, InstanceId) !== undefined)
      .filter((command) => passes({ command, status: commandStatus(command) }));
    const { page, rest } = ssmPage(commands, {
      input,
      defaultSize: defaultPageSize,
      scope: ["ListCommands", CommandId, InstanceId, input.Filters],
    });
    return { Commands: page.map((command) => presentCommand(command, context.region)), ...rest };
  },
});
