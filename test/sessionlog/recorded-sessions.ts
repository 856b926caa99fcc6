import { Buffer } from "node:buffer";
import type { LogEventContext, LogEventMessage } from "../../emulator/sessionlog/log-event.ts";
import recorded from "../fixtures/sessionlog/streaming-scenarios.json" with { type: "json" };

export interface RecordedSession {
  readonly name: string;
  readonly sessionId: string;
  /** What the terminal of the session put out. */
  readonly output: Buffer;
  /** The events of each PutLogEvents call. */
  readonly batches: readonly (readonly LogEventMessage[])[];
}

export const manyLines = recorded.manyLines;

export const recordedSessions: readonly RecordedSession[] = recorded.scenarios.map((scenario) => {
  const match = /^\r\nStarting session with SessionId: (\S+)\r\n(.*)\r\n\r\nExiting session/s.exec(
    scenario.transcript,
  );
  const [, sessionId = "", shown = ""] = match ?? [];
  return { name: scenario.name, sessionId, output: terminalOutput(shown), batches: scenario.putLogEvents };
});

export function recordedContext(sessionId: string): LogEventContext {
  return {
    awsRegion: "us-east-1",
    target: "mi-9eea7f0d54b78f039",
    sessionOwner: "arn:aws:sts::123456789012:assumed-role/spike/spike-user",
    runAsUser: "ssm-user",
    sessionId,
  };
}

/** The message as an agent built with Go 1.22 writes it; the recorded one was built with Go 1.19. */
export function withShortBackspace(message: string): string {
  return message.replaceAll("\\u0008", "\\b");
}

/** Takes out the carriage return the client's own terminal put before each newline. */
function terminalOutput(shown: string): Buffer {
  const parts = shown.replaceAll("\r\n", "\n").split(/(\\xf[ef])/);
  return Buffer.concat(
    parts.map((part) => (/^\\xf[ef]$/.test(part) ? Buffer.from(part.slice(2), "hex") : Buffer.from(part))),
  );
}
