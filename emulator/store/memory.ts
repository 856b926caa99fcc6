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
    kmsKeys: memoryTable(),
    kmsAliases: memoryTable(),
    sessions: memoryTable(),
    sessionEvents: memorySessionEvents(),
    commands: memoryTable(),
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

/** What one log stream, or all sessions' events, may hold; the oldest go first. */
const maxMessageCharacters = 64 * 1024 * 1024;

function memoryLogEvents(): LogEventStore {
  const streams = new Map<string, BoundedList<LogEvent>>();
  let nextEventId = 1;
  const streamOf = (groupName: string, streamName: string) => {
    const key = logStreamKey(groupName, streamName);
    const stream = streams.get(key) ?? new BoundedList<LogEvent>();
    streams.set(key, stream);
    return stream;
  };
  return {
    append(groupName, streamName, events) {
      const stream = streamOf(groupName, streamName);
      let isSorted = true;
      for (const event of events) {
        isSorted &&= event.timestamp >= (stream.items.at(-1)?.timestamp ?? 0);
        stream.push({ ...event, eventId: String(nextEventId++).padStart(56, "0") });
      }
      // Stable: equal timestamps stay in order of arrival.
      if (!isSorted) stream.items.sort((a, b) => a.timestamp - b.timestamp);
    },
    read: (groupName, streamName) => streams.get(logStreamKey(groupName, streamName))?.items ?? [],
    delete: (groupName, streamName) => void streams.delete(logStreamKey(groupName, streamName)),
  };
}

function memorySessionEvents(): SessionEventStore {
  const events = new BoundedList<SessionEvent>();
  return {
    append: (event) => events.push(event),
    read: (sessionId) =>
      events.items.filter((event) => sessionId === undefined || event.sessionId === sessionId),
  };
}

/** Messages up to a number of characters. Dropping is done in bulk, as each drop moves all that stays. */
class BoundedList<Item extends { readonly message: string }> {
  items: Item[] = [];
  #characters = 0;

  push(item: Item): void {
    this.items.push(item);
    this.#characters += item.message.length;
    if (this.#characters <= maxMessageCharacters) return;
    const oldest = this.items.splice(0, Math.ceil(this.items.length / 2));
    for (const { message } of oldest) this.#characters -= message.length;
  }
}
