import type { SSMClient } from "@aws-sdk/client-ssm";
import type { DataKey, DataKeyRequest } from "../client/generate-data-key.ts";
import { proxyAgent } from "../client/proxy-agent.ts";
import { runSession } from "../client/run-session.ts";
import type { SessionEnd } from "../client/session-end.ts";
import type { ProgramStreams } from "../client/session-front.ts";
import { kmsEndpoint } from "./kms-endpoint.ts";
import type { PluginCall } from "./plugin-call.ts";

type SessionCall = PluginCall & { readonly type: "session" };

/** @see session-manager-plugin `src/datachannel/streaming.go` */
const cliTooOld =
  "Installed version of CLI does not support Session Manager encryption feature. Please upgrade to the latest version of your CLI (e.g., AWS CLI).";

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
      generateDataKey: (kmsKeyId, signal) => dataKey({ kmsKeyId, signal }, call, environment),
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
  return ssmClient({ endpoint, region: call.region }, clientOptions(url, call, environment));
}

async function dataKey(
  request: Pick<DataKeyRequest, "kmsKeyId" | "signal">,
  call: SessionCall,
  environment: NodeJS.ProcessEnv,
): Promise<DataKey> {
  const { target, region, start } = call;
  if (target === undefined) throw new Error(cliTooOld);
  const { generateDataKey } = await import("../client/generate-data-key.ts");
  const endpoint = kmsEndpoint(call.endpoint);
  const url = endpoint ?? `https://kms.${region}.amazonaws.com`;
  return generateDataKey(
    { ...request, sessionId: start.sessionId, target },
    { endpoint, region },
    clientOptions(url, call, environment),
  );
}

function clientOptions(url: string, { profile }: SessionCall, environment: NodeJS.ProcessEnv) {
  const agent = proxyAgent(url, environment, ["AWS_CA_BUNDLE", "SSL_CERT_FILE"]);
  return {
    requestHandler: { httpAgent: agent, httpsAgent: agent },
    ...(profile !== "" && { profile }),
  };
}
