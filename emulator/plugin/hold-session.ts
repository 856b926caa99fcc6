import type { SSMClient } from "@aws-sdk/client-ssm";
import { proxyAgent } from "../client/proxy-agent.ts";
import { runSession } from "../client/run-session.ts";
import type { SessionEnd } from "../client/session-end.ts";
import type { ProgramStreams } from "../client/session-front.ts";
import type { PluginCall } from "./plugin-call.ts";

type SessionCall = PluginCall & { readonly type: "session" };

/** Holds the session on these streams. */
export async function holdSession(
  call: SessionCall,
  environment: NodeJS.ProcessEnv,
  streams: ProgramStreams,
): Promise<SessionEnd> {
  const { sessionId, streamUrl } = call.start;
  let client: Promise<SSMClient> | undefined;
  const ssm = () => {
    client ??= newClient(call, environment);
    return client;
  };
  try {
    return await runSession({
      start: call.start,
      streams,
      onInputEnd: "fails",
      agent: proxyAgent(streamUrl, environment, ["SSL_CERT_FILE"]),
      resume: async () => (await import("../client/start-session.ts")).resumeSession(await ssm(), sessionId),
      terminate: async () =>
        (await import("../client/start-session.ts")).terminateSession(await ssm(), sessionId),
    });
  } finally {
    (await client)?.destroy();
  }
}

/** Loaded late: most sessions never call the API, and it takes longer to load than all the rest. */
async function newClient(call: SessionCall, environment: NodeJS.ProcessEnv): Promise<SSMClient> {
  const { ssmClient } = await import("../client/start-session.ts");
  const endpoint = call.endpoint || undefined;
  const url = endpoint ?? `https://ssm.${call.region}.amazonaws.com`;
  const agent = proxyAgent(url, environment, ["AWS_CA_BUNDLE", "SSL_CERT_FILE"]);
  return ssmClient(
    { endpoint, region: call.region },
    {
      requestHandler: { httpAgent: agent, httpsAgent: agent },
      ...(call.profile !== "" && { profile: call.profile }),
    },
  );
}
