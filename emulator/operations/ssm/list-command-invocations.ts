import { Type } from "typebox";
import { operation } from "../operation.ts";
import { commandFilter } from "./shared/command-filter.ts";
import { listRecentCommands } from "./shared/command-history.ts";
import { commandSchemas } from "./shared/command-schemas.ts";
import { invocationStatus } from "./shared/command-status.ts";
import { presentListedInvocation } from "./shared/present-command.ts";
import { ssmPage } from "./shared/ssm-page.ts";

const defaultPageSize = 50;

/**
 * The commands of the last 30 days on each of their nodes, newest first. An id that no command has gives an empty list.
 * @see API_ListCommandInvocations; aws-api reference, section 2.5; aws/aws-sdk issue 190
 */
export const listCommandInvocations = operation({
  service: "ssm",
  name: "ListCommandInvocations",
  input: Type.Object({
    CommandId: Type.Optional(commandSchemas.commandId),
    InstanceId: Type.Optional(commandSchemas.instanceId),
    MaxResults: Type.Optional(commandSchemas.maxResults),
    NextToken: Type.Optional(Type.String()),
    Filters: Type.Optional(commandSchemas.filters),
    Details: Type.Optional(Type.Boolean()),
  }),
  handle(input, context) {
    const { CommandId, InstanceId, Details: details = false } = input;
    const passes = commandFilter(input.Filters, { without: "ExecutionStage" });
    const rows = listRecentCommands(context)
      .filter(({ commandId }) => CommandId === undefined || commandId === CommandId)
      .flatMap((command) => command.invocations.map((invocation) => ({ command, invocation })))
      .filter(({ invocation }) => InstanceId === undefined || invocation.nodeId === InstanceId)
      .filter(({ command, invocation }) => passes({ command, status: invocationStatus(invocation) }));
    const { page, rest } = ssmPage(rows, {
      input,
      defaultSize: defaultPageSize,
      scope: ["ListCommandInvocations", CommandId, InstanceId, input.Filters],
    });
    const { region } = context;
    return {
      CommandInvocations: page.map(({ command, invocation }) =>
        presentListedInvocation(command, invocation, { details, region }),
      ),
      ...rest,
    };
  },
});
