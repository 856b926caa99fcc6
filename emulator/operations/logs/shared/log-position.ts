import type { LogEvent } from "../../ports/log-records.ts";

/**
 * A gap between two events of a stream, as 56 digits: 15 of the timestamp and 41 of the event id of the event
 * before it. Positions compare as text, and stay true when events come in later on either side.
 */
export type LogPosition = string;

/** Where GetLogEvents goes on: away from `position` in one direction. */
export interface LogCursor {
  readonly direction: "forward" | "backward";
  readonly position: LogPosition;
}

const timestampDigits = 15;
const idDigits = 41;
const positionDigits = timestampDigits + idDigits;

export const streamStart: LogPosition = "0".repeat(positionDigits);

/** The gap right after the event. */
export function positionAfter(event: LogEvent): LogPosition {
  const id = BigInt(event.eventId).toString().padStart(idDigits, "0");
  return `${String(event.timestamp).padStart(timestampDigits, "0")}${id}`;
}

/** The gap right before the event. */
export function positionBefore(event: LogEvent): LogPosition {
  return (BigInt(positionAfter(event)) - 1n).toString().padStart(positionDigits, "0");
}

/** `f/…/s` or `b/…/s`. @see aws-api reference, section 2.8, GetLogEvents */
export function encodeCursor(cursor: LogCursor): string {
  return `${cursor.direction === "forward" ? "f" : "b"}/${cursor.position}/s`;
}

/** Undefined when the text is no cursor of ours. */
export function decodeCursor(token: string): LogCursor | undefined {
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (match?.[2] === undefined) return undefined;
  return { direction: match[1] === "f" ? "forward" : "backward", position: match[2] };
}
