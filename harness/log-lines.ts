import type { SessionEvent } from "../emulator/operations/ports/session-events.ts";

/** What session log events say was on the terminal: the members of `sessionData`, in order. */
export function logLines(events: readonly SessionEvent[]): readonly string[] {
  return events.flatMap(({ message }) => {
    const { sessionData } = JSON.parse(message) as { readonly sessionData?: readonly string[] };
    return sessionData ?? [];
  });
}
