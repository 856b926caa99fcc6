import { Buffer } from "node:buffer";
import type { EpochMillis } from "../clock.ts";
import { isoSeconds } from "../iso-date.ts";
import { goJsonString } from "./go-json.ts";

/** What the events of one session have in common. */
export interface LogEventContext {
  readonly awsRegion: string;
  /** The managed node's id. */
  readonly target: string;
  /** ARN of the session owner. */
  readonly sessionOwner: string;
  /** The OS user the session runs as. */
  readonly runAsUser: string;
  readonly sessionId: string;
}

export interface LogEventMessage {
  /** When the event was built. */
  readonly timestamp: EpochMillis;
  /** One compact JSON object. */
  readonly message: string;
}

/**
 * One event of the session log, from the stripped lines in `text`.
 * @see agent-behaviour reference, section 4.2
 */
export function buildLogEvent(context: LogEventContext, text: Uint8Array, now: EpochMillis): LogEventMessage {
  const members = [
    member("eventVersion", json("1.0")),
    member("eventTime", json(isoSeconds(now))),
    member("awsRegion", json(context.awsRegion)),
    member("target", `{${member("id", json(context.target))}}`),
    member("userIdentity", `{${member("arn", json(context.sessionOwner))}}`),
    member("runAsUser", json(context.runAsUser)),
    member("sessionId", json(context.sessionId)),
    member("sessionData", `[${sessionData(text).map(goJsonString).join(",")}]`),
  ];
  return { timestamp: now, message: `{${members.join(",")}}` };
}

/**
 * The text's lines: a tab is one space, carriage returns are gone, and nothing follows the last newline.
 * @see agent-behaviour reference, section 4.3, steps 5 and 6
 */
function sessionData(text: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  const lines = bytes.toString("latin1").replaceAll("\t", " ").replaceAll("\r", "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => Buffer.from(line, "latin1"));
}

function member(key: string, value: string): string {
  return `"${key}":${value}`;
}

function json(text: string): string {
  return goJsonString(Buffer.from(text, "utf8"));
}
