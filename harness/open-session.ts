import { SSMServiceException, TerminateSessionCommand } from "@aws-sdk/client-ssm";
import type { Decision } from "../emulator/access/decision.ts";
import type { Explanation } from "../emulator/access/explanation.ts";
import { clientVersion } from "../emulator/client/client-version.ts";
import { DataChannelClient } from "../emulator/client/data-channel-client.ts";
import { generateDataKey } from "../emulator/client/generate-data-key.ts";
import { resumeSession, startSession } from "../emulator/client/start-session.ts";
import type { Credentials } from "./credentials.ts";
import type { SessionDesk } from "./session-start.ts";
import { defaultSize, TerminalSession, type TerminalSessionOptions } from "./terminal-session.ts";

interface Aws {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

interface StartRequest extends TerminalSessionOptions {
  /** Node id. */
  readonly target: string;
  readonly documentName?: string | undefined;
  readonly parameters?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly reason?: string | undefined;
}

/** What the emulator tells about sessions. */
interface Desk {
  /** The decision about the session that is asked for. */
  explain(): Promise<Explanation>;
  view(sessionId: string): ReturnType<SessionDesk["view"]>;
  logLines(sessionId: string): ReturnType<SessionDesk["logLines"]>;
}

/** Starts a session and connects to it. A refusal of the service's is an outcome like others. */
export async function openSession(aws: Aws, request: StartRequest, desk: Desk): Promise<TerminalSession> {
  const { target, documentName, parameters, reason } = request;
  const input = {
    target,
    ...(documentName !== undefined && { documentName }),
    ...(parameters !== undefined && { parameters }),
    ...(reason !== undefined && { reason }),
  };
  const start = await startSession(aws, input).catch(refusal);
  if (start instanceof SSMServiceException) {
    const { name: code, message } = start;
    const decision = await desk.explain().then(
      (explanation) => refusedDecision(explanation, message),
      // What is refused for another reason may have nothing to explain: an unknown node, wrong keys.
      () => undefined,
    );
    return new TerminalSession({ type: "refused", code, message, decision }, request);
  }
  const { client, sessionId } = start;
  const resume = () => resumeSession(client, sessionId);
  return new TerminalSession(
    {
      type: "started",
      sessionId,
      desk: {
        view: () => desk.view(sessionId),
        logLines: () => desk.logLines(sessionId),
        terminate: async () => {
          await client.send(new TerminateSessionCommand({ SessionId: sessionId }));
        },
      },
      connect: (events) =>
        new DataChannelClient({
          start,
          clientVersion,
          size: request.size ?? defaultSize,
          resume,
          generateDataKey: (kmsKeyId, signal) =>
            generateDataKey({ kmsKeyId, sessionId, target, signal }, aws),
          ...events,
        }),
    },
    request,
  );
}

function refusedDecision({ service }: Explanation, refusal: string): Decision {
  return { outcome: "refused", refusal, steps: service.steps.map((finding) => ({ by: "service", finding })) };
}

function refusal(error: unknown): SSMServiceException {
  if (error instanceof SSMServiceException) return error;
  throw error;
}
