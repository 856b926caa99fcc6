import { Type } from "typebox";
import { ServiceException } from "../../errors.ts";
import { operation } from "../operation.ts";
import { findInvocation, findRecentCommand } from "./shared/command-history.ts";
import { commandSchemas } from "./shared/command-schemas.ts";
import { pluginName, presentInvocation } from "./shared/present-command.ts";

/**
 * A command on one node, with its output once it has ended.
 * @see API_GetCommandInvocation; aws-api reference, section 2.5
 */
export const getCommandInvocation = operation({
  service: "ssm",
  name: "GetCommandInvocation",
  input: Type.Object({
    CommandId: commandSchemas.commandId,
    InstanceId: commandSchemas.instanceId,
    PluginName: Type.Optional(Type.String({ minLength: 4 })),
  }),
  handle({ CommandId, InstanceId, PluginName }, context) {
    const command = findRecentCommand(CommandId, context);
    const invocation = command && findInvocation(command, InstanceId);
    if (command === undefined || invocation === undefined)
      throw new ServiceException("InvocationDoesNotExist");
    // The API reference writes aws:RunShellScript.
    if (PluginName !== undefined && PluginName.toLowerCase() !== pluginName.toLowerCase()) {
      throw new ServiceException("InvalidPluginName");
    }
    return presentInvocation(command, invocation);
  },
});
