import { TLSSocket } from "node:tls";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { internalError, ServiceException } from "../errors.ts";
import type { Endpoint } from "../operations/operation.ts";
import type { Answer } from "./answer.ts";
import { type AwsServices, answerRequest, type ReceivedRequest, unroutableAnswer } from "./answer-request.ts";
import { tooLargeCode } from "./aws-json.ts";
import { type ErrorReader, encodeError } from "./encode-error.ts";
import { routeRequest } from "./route-request.ts";

/** Twice what AWS takes for the largest call in scope, PutLogEvents with 1 MiB of events. */
const defaultMaxBodyBytes = 2 * 1024 * 1024;

export interface AwsEndpointOptions extends Omit<AwsServices, "verifySignatures"> {
  /** True by default. @see AwsServices */
  readonly verifySignatures?: boolean;
  /** Larger bodies are refused unread. */
  readonly maxBodyBytes?: number;
}

/** A Fastify plugin: every path and method that no other plugin has taken belongs to the AWS APIs. */
export async function awsEndpoint(app: FastifyInstance, options: AwsEndpointOptions): Promise<void> {
  const { maxBodyBytes: bodyLimit = defaultMaxBodyBytes, verifySignatures = true } = options;
  const services = { ...options, verifySignatures };
  const receive = (request: FastifyRequest) => receivedRequest(request, services.random.uuid());
  // A signature covers the bytes, so nothing may read them before it is verified.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const received = receive(request);
    return send(reply, received, transportErrorAnswer(error, received, services));
  });
  app.all("/*", { bodyLimit }, async (request, reply) => {
    const received = receive(request);
    const answer = refuseForeignOrigin(received, services) ?? (await answerRequest(received, services));
    return send(reply, received, answer);
  });
}

function send(reply: FastifyReply, { requestId }: ReceivedRequest, answer: Answer): FastifyReply {
  reply.code(answer.status).header("x-amzn-requestid", requestId);
  if (answer.contentType !== undefined) reply.header("content-type", answer.contentType);
  // Fastify would add a charset to the JSON type of a text, which AWS does not.
  return reply.send(Buffer.from(answer.body));
}

function receivedRequest(request: FastifyRequest, requestId: string): ReceivedRequest {
  return {
    method: request.method,
    url: originForm(request.raw.url ?? "/"),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    requestId,
    endpoint: endpointOf(request),
    log: request.log,
  };
}

/** Clients that take us for a proxy send the whole URL, and sign its path alone. */
function originForm(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}

function endpointOf({ headers, raw }: FastifyRequest): Endpoint {
  const host = headers.host ?? "";
  return {
    host,
    secure: raw.socket instanceof TLSSocket,
    awsHost: /\.amazonaws\.com(\.cn)?$/i.test(host.replace(/:\d+$/, "")),
  };
}

/** Browsers add the origin, and no page but our own has business here; none gets CORS headers. */
function refuseForeignOrigin(request: ReceivedRequest, services: AwsServices): Answer | undefined {
  const { origin, host } = request.headers;
  if (origin === undefined || originHost(origin) === host?.toLowerCase()) return undefined;
  request.log.info({ origin }, "foreign origin refused");
  const reader = readerOf(request, services);
  const code = reader.family === "json" ? "AccessDeniedException" : "AccessDenied";
  const exception = new ServiceException(code, `Requests from the origin ${origin} are not allowed.`);
  return encodeError(reader, exception, request.requestId);
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** For what Fastify refuses before the body is read. */
function transportErrorAnswer(error: FastifyError, request: ReceivedRequest, services: AwsServices): Answer {
  const reader = readerOf(request, services);
  if (error.statusCode === 413) {
    const code = reader.family === "json" ? tooLargeCode : "RequestEntityTooLarge";
    return encodeError(
      reader,
      new ServiceException(code, "The request body is too large."),
      request.requestId,
    );
  }
  if (error.statusCode !== undefined && error.statusCode < 500) return unroutableAnswer;
  request.log.error({ err: error }, "request failed");
  return encodeError(reader, internalError(reader.family), request.requestId);
}

function readerOf(request: ReceivedRequest, services: AwsServices): ErrorReader {
  const route = routeRequest(request, services.operations);
  switch (route.type) {
    case "operation":
      return { family: route.family, service: route.operation.service };
    case "refused":
      return route.reader;
    case "unroutable":
      return { family: "query", service: undefined };
  }
}
