import { Type } from "typebox";
import { operation } from "../operation.ts";
import { logStreamKey } from "../ports/log-records.ts";
import { logsExceptions } from "./shared/exceptions.ts";
import { findLogGroup } from "./shared/log-group.ts";
import { LogGroupName, LogStreamName } from "./shared/schemas.ts";

export const createLogStream = operation({
  service: "logs",
  name: "CreateLogStream",
  input: Type.Object({ logGroupName: LogGroupName, logStreamName: LogStreamName }),
  handle(input, context) {
    const { state, now } = context;
    const group = findLogGroup({ logGroupName: input.logGroupName }, context);
    const key = logStreamKey(group.name, input.logStreamName);
    if (state.logStreams.get(key) !== undefined) throw logsExceptions.streamExists();
    state.logStreams.put(key, {
      groupName: group.name,
      name: input.logStreamName,
      createdAt: now,
      firstEventAt: undefined,
      lastEventAt: undefined,
      lastIngestedAt: undefined,
    });
    return {};
  },
});
