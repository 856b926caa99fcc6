import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findLogGroup } from "./shared/log-group.ts";
import { deleteStream, streamsOf } from "./shared/log-stream.ts";
import { LogGroupName } from "./shared/schemas.ts";

export const deleteLogGroup = operation({
  service: "logs",
  name: "DeleteLogGroup",
  input: Type.Object({ logGroupName: LogGroupName }),
  handle(input, context) {
    const group = findLogGroup(input, context);
    for (const stream of streamsOf(context.state, group)) deleteStream(context.state, stream);
    context.state.logGroups.delete(group.name);
    return {};
  },
});
