import { appendLogEvents } from "../operations/logs/shared/log-stream.ts";
import type { AccountState } from "../operations/ports/account-state.ts";
import { logStreamKey } from "../operations/ports/log-records.ts";
import type { LogEventMessage } from "../sessionlog/log-event.ts";

/**
 * Streams a session's events to a log group, into a stream named after the session that is made with the first event.
 * A missing group ends the streaming silently; the session goes on.
 * @see agent-behaviour reference, section 4.4
 */
export function streamToLogGroup(
  state: AccountState,
  names: { readonly groupName: string; readonly streamName: string },
): (events: readonly LogEventMessage[]) => void {
  const { groupName, streamName } = names;
  let isStreaming = true;
  return (events) => {
    isStreaming &&= state.logGroups.get(groupName) !== undefined;
    const now = events.at(-1)?.timestamp;
    if (!isStreaming || now === undefined) return;
    const stream = state.logStreams.get(logStreamKey(groupName, streamName)) ?? {
      groupName,
      name: streamName,
      createdAt: now,
      firstEventAt: undefined,
      lastEventAt: undefined,
      lastIngestedAt: undefined,
    };
    appendLogEvents(state, stream, events, now);
  };
}

/** Whether a log group is there and encrypted with a key, as the preferences may demand. */
export function isLogGroupEncrypted({ logGroups }: AccountState, groupName: string): boolean {
  return logGroups.get(groupName)?.kmsKeyId !== undefined;
}
