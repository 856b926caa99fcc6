import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { buildLogEvent } from "../../emulator/sessionlog/log-event.ts";
import { LogLineSplitter } from "../../emulator/sessionlog/log-line-splitter.ts";
import { recordedContext, recordedSessions, withShortBackspace } from "./recorded-sessions.ts";

const context = recordedContext("alice-0123456789abcdef0");

function sessionData(text: string): unknown {
  return JSON.parse(buildLogEvent(context, Buffer.from(text), 0).message).sessionData;
}

describe("buildLogEvent", () => {
  it.each(recordedSessions)("writes every event the agent wrote: $name", ({ sessionId, output, batches }) => {
    const splitter = new LogLineSplitter();
    const lines = [...splitter.push(output), ...splitter.end()];
    const events = batches.flat().map(({ timestamp, message }) => {
      const text = Buffer.concat(lines.splice(0, JSON.parse(message).sessionData.length));
      return buildLogEvent(recordedContext(sessionId), text, timestamp);
    });
    expect(events).toEqual(
      batches.flat().map(({ timestamp, message }) => ({ timestamp, message: withShortBackspace(message) })),
    );
    expect(lines).toEqual([]);
  });

  it.each([
    ["turns each tab into one space", "a\t\tb\n", ["a  b"]],
    ["removes carriage returns without acting on them", "10%\r50%\r100%\r\n", ["10%50%100%"]],
    ["keeps blank lines and drops what follows the last newline", "a\n\n\n", ["a", "", ""]],
    ["keeps an unfinished last line", "a\n$ ", ["a", "$ "]],
    ["drops a last line of carriage returns", "a\n\r", ["a"]],
  ])("%s", (_rule, text, lines) => {
    expect(sessionData(text)).toEqual(lines);
  });

  it("escapes the context too", () => {
    const owner = { ...context, sessionOwner: "arn:aws:iam::123456789012:user/a&b" };
    expect(buildLogEvent(owner, Buffer.from("x\n"), 0).message).toContain("user/a\\u0026b");
  });
});
