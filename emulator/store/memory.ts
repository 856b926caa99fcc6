import type { AccountState, Table } from "../operations/ports/account-state.ts";
import { type LogEvent, type LogEventStore, logStreamKey } from "../operations/ports/log-records.ts";
import type { SessionEvent, SessionEventStore } from "../operations/ports/session-events.ts";

/** An empty account that lives as long as the process. */
export function createMemoryState(): AccountState {
  return {
    users: memoryTable(),
    roles: memoryTable(),
    accessKeys: memoryTable(),
    sessionCredentials: memoryTable(),
    documents: memoryTable(),
    logGroups: memoryTable(),
    logStreams: memoryTable(),
    logEvents: memoryLogEvents(),
    sessions: memoryTable(),
    sessionEvents: memorySessionEvents(),
    resourceTags: memoryTable(),
  };
}

function memoryTable<Row>(): Table<Row> {
  const rows = new Map<string, Row>();
  return {
    get: (key) => rows.get(key),
    put: (key, row) => void rows.set(key, row),
    delete: (key) => rows.delete(key),
    values: () => [...rows.values()],
  };
}

function memoryLogEvents(): LogEventStore {
  const streams = new Map<string, LogEvent[]>();
  let nextEventId = 1;
  return {
    append(groupName, streamName, events) {
      const key = logStreamKey(groupName, streamName);
      const stream = streams.get(key) ?? [];
      for (const event of events) stream.push({ ...event, eventId: String(nextEventId++).padStart(56, "0") });
      // Stable: equal timestamps stay in order of arrival.
      stream.sort((a, b) => a.timestamp - b.timestamp);
      streams.set(key, stream);
    },
    read: (groupName, streamName) => streams.get(logStreamKey(groupName, streamName)) ?? [],
    delete: (groupName, streamName) => void streams.delete(logStreamKey(groupName, streamName)),
  };
}

/** What all sessions' events may hold together; the oldest go first. */
const maxEventCharacters = 64 * 1024 * 1024;

function memorySessionEvents(): SessionEventStore {
  const events: SessionEvent[] = [];
  let characters = 0;
  return {
    append(event) {
      events.push(event);
      characters += event.message.length;
      while (characters > maxEventCharacters) characters -= events.shift()?.message.length ?? characters;
    },
    read: (sessionId) => events.filter((event) => sessionId === undefined || event.sessionId === sessionId),
  };
}
