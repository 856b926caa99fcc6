import type { Endpoint, ServiceSettings } from "../../operation.ts";

/**
 * Where the client opens the session's data channel: under the address by which the request came in, so that it works
 * from the host and from other containers alike. Current plugins take only the AWS form.
 * @see data-channel reference, section 3; aws-api reference, section 3.4
 */
export function streamUrl(request: {
  readonly sessionId: string;
  readonly region: string;
  readonly endpoint: Endpoint;
  readonly settings: Pick<ServiceSettings, "streamUrlForm" | "ownHost">;
}): string {
  const { endpoint, settings } = request;
  const path = `/v1/data-channel/${request.sessionId}?role=publish_subscribe`;
  const awsForm = settings.streamUrlForm === "aws" || (settings.streamUrlForm === "auto" && endpoint.awsHost);
  if (awsForm) return `wss://ssmmessages.${request.region}.amazonaws.com${path}`;
  if (endpoint.awsHost) return `ws://${settings.ownHost}${path}`;
  return `${endpoint.secure ? "wss" : "ws"}://${endpoint.host}${path}`;
}
