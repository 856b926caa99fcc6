import type { Agent } from "node:http";
import { clientVersion } from "./client-version.ts";
import { type ClientSession, DataChannelClient, type StartedSession } from "./data-channel-client.ts";
import type { DataKeySource } from "./generate-data-key.ts";
import { PortFront } from "./port-front.ts";
import { failureOf, type SessionEnd } from "./session-end.ts";
import type { ProgramStreams, SessionFront } from "./session-front.ts";
import { endText, startText } from "./session-texts.ts";
import { type OnInputEnd, ShellFront, terminalSize } from "./shell-front.ts";

export interface SessionRun {
  readonly start: StartedSession;
  readonly streams: ProgramStreams;
  /** Calls ResumeSession: a new token, or undefined when the session is gone. */
  readonly resume: () => Promise<string | undefined>;
  /** Calls TerminateSession. */
  readonly terminate: () => Promise<void>;
  /** Calls kms:GenerateDataKey; rejects with what the server is told. */
  readonly generateDataKey: DataKeySource;
  readonly onInputEnd: OnInputEnd;
  readonly agent?: Agent;
}

/** Holds a session on a program's own streams, with the plugin's texts, and resolves when it is over. */
export async function runSession(run: SessionRun): Promise<SessionEnd> {
  const { streams, start } = run;
  streams.output.write(startText(start.sessionId));
  const end = await holdSession(run);
  streams.output.write(endText(start.sessionId, end));
  return end;
}

async function holdSession(run: SessionRun): Promise<SessionEnd> {
  const { streams, start, agent } = run;
  const broken = Promise.withResolvers<SessionEnd>();
  streams.output.on("error", (error) => broken.resolve(failureOf(error)));
  let front: SessionFront | undefined;
  await using client: DataChannelClient = new DataChannelClient({
    start,
    clientVersion,
    size: terminalSize(streams),
    resume: run.resume,
    generateDataKey: run.generateDataKey,
    onSession: (session) => {
      if (session.customerMessage !== "") streams.output.write(`${session.customerMessage}\n`);
      front = openFront(session, client, run);
      front?.over.then(broken.resolve);
      if (front === undefined) broken.resolve({ type: "failed", message: "unable to determine SessionType" });
    },
    onOutput: (bytes) => front?.receive(bytes),
    // As in the plugin, which prints every payload as it is; the AWS CLI has no other way to tell an exit code.
    onStdErr: (bytes) => front?.receive(bytes),
    onExitCode: (_code, bytes) => front?.receive(bytes),
    onFlag: (value) => front?.onFlag(value),
    ...(agent !== undefined && { agent }),
  });
  const end = await Promise.race([client.ended, broken.promise]);
  await front?.[Symbol.asyncDispose]();
  return end;
}

function openFront(
  session: ClientSession,
  client: DataChannelClient,
  { start, streams, onInputEnd, terminate }: SessionRun,
): SessionFront | undefined {
  switch (session.sessionType) {
    case "":
      return undefined;
    case "Port":
      return new PortFront({ sessionId: start.sessionId, client, session, streams, terminate });
    default:
      return new ShellFront(client, streams, onInputEnd);
  }
}
