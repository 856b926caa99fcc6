import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findLogGroup } from "./shared/log-group.ts";
import { deleteStream, findLogStream } from "./shared/log-stream.ts";
import { LogGroupName, LogStreamName } from "./shared/schemas.ts";

export const deleteLogStream = operation({
  service: "logs",
  name: "DeleteLogStream",
  input: Type.Object({ logGroupName: LogGroupName, logStreamName: LogStreamName }),
  handle(input, context) {
    const group = findLogGroup({ logGroupName: input.logGroupName }, context);
    deleteStream(context.state, findLogStream(context.state, group, input.logStreamName));
    return {};
  },
});
