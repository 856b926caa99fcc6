import {
  ResumeSessionCommand,
  SSMClient,
  type SSMClientConfig,
  StartSessionCommand,
  TerminateSessionCommand,
} from "@aws-sdk/client-ssm";
import { type AwsTarget, clientConfig } from "./aws-target.ts";
import type { StartedSession } from "./data-channel-client.ts";

/** Input of StartSession. */
export interface SessionRequest {
  readonly target: string;
  /** Undefined: the account's shell preferences. */
  readonly documentName?: string;
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly reason?: string;
}

/** A client of Systems Manager; whoever makes it destroys it. */
export function ssmClient(aws: AwsTarget, config: SSMClientConfig = {}): SSMClient {
  return new SSMClient({ ...clientConfig(aws), ...config });
}

/**
 * Starts a session; what it answers with is for a data channel's client.
 * @throws SSMServiceException when AWS refuses
 */
export async function startSession(
  aws: AwsTarget,
  request: SessionRequest,
): Promise<StartedSession & { readonly client: SSMClient }> {
  const client = ssmClient(aws);
  try {
    const { parameters } = request;
    const answer = await client.send(
      new StartSessionCommand({
        Target: request.target,
        DocumentName: request.documentName,
        Reason: request.reason,
        Parameters:
          parameters &&
          Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]])),
      }),
    );
    const { SessionId: sessionId, StreamUrl: streamUrl, TokenValue: tokenValue } = answer;
    if (sessionId === undefined || streamUrl === undefined || tokenValue === undefined) {
      throw new Error("Expected SessionId, StreamUrl and TokenValue from StartSession, got less");
    }
    return { sessionId, streamUrl, tokenValue, client };
  } catch (error) {
    client.destroy();
    throw error;
  }
}

/** A new token for the session; undefined when it is gone. @throws SSMServiceException when AWS refuses */
export async function resumeSession(client: SSMClient, sessionId: string): Promise<string | undefined> {
  const { TokenValue: tokenValue } = await client.send(new ResumeSessionCommand({ SessionId: sessionId }));
  return tokenValue || undefined;
}

/** Ends the session. @throws SSMServiceException when AWS refuses */
export async function terminateSession(client: SSMClient, sessionId: string): Promise<void> {
  await client.send(new TerminateSessionCommand({ SessionId: sessionId }));
}
