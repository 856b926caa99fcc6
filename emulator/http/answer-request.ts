import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../clock.ts";
import { internalError, ServiceException } from "../errors.ts";
import { failRequest } from "../faults/fail-request.ts";
import type { FaultList } from "../faults/fault-list.ts";
import type { Endpoint, OperationContext } from "../operations/operation.ts";
import type { AccountState } from "../operations/ports/account-state.ts";
import type { Account } from "../operations/principals.ts";
import type { Answer } from "./answer.ts";
import { authFailureException } from "./auth-failure.ts";
import { authenticate, type Caller, trustClaimedIdentity } from "./authenticate.ts";
import { decodeJsonBody, encodeJsonOutput } from "./aws-json.ts";
import { decodeQueryInput, encodeQueryOutput } from "./aws-query.ts";
import { decodeEc2Input, encodeEc2Output } from "./ec2-query.ts";
import { encodeError } from "./encode-error.ts";
import type { Operations } from "./load-operations.ts";
import { type Route, routeRequest } from "./route-request.ts";
import type { SignatureOptions } from "./signature.ts";
import type { SignedRequest } from "./signed-request.ts";
import { validateInput } from "./validate-input.ts";
import { xmlContentType } from "./xml.ts";

/** What an operation is told anew at each request. */
type RequestFacts = Pick<
  OperationContext,
  "principal" | "requestId" | "now" | "region" | "endpoint" | "state"
>;

/** What the AWS APIs need of the rest of the emulator. */
export interface AwsServices extends Omit<OperationContext, keyof RequestFacts> {
  readonly operations: Operations;
  /** Those that users make on purpose; what they hit is not done. */
  readonly faults: FaultList;
  /** Asked at each request, as a reset puts a new state in the old one's place. */
  readonly state: () => AccountState;
  readonly clock: Clock;
  /** As the clients have it, never put forward: their signatures are dated by it. */
  readonly realClock: Clock;
  /** False: every request is taken to come from whom it says, and from the root when it names no known key. */
  readonly verifySignatures: boolean;
}

export interface ReceivedRequest extends SignedRequest {
  readonly requestId: string;
  readonly endpoint: Endpoint;
  readonly log: FastifyBaseLogger;
}

type OperationRoute = Extract<Route, { readonly type: "operation" }>;

/** Routes, authenticates, decodes, validates and handles one request; never throws. */
export async function answerRequest(request: ReceivedRequest, services: AwsServices): Promise<Answer> {
  const route = routeRequest(request, services.operations);
  switch (route.type) {
    case "unroutable":
      return unroutableAnswer;
    case "refused":
      request.log.info({ code: route.exception.code, service: route.reader.service }, "request refused");
      return encodeError(route.reader, route.exception, request.requestId);
    case "operation":
      return answerOperation(route, request, services).catch((error: unknown) =>
        answerError(route, error, request),
      );
  }
}

/** @see aws-api reference, section 1.2, "Unknown operation" */
export const unroutableAnswer: Answer = {
  status: 404,
  contentType: xmlContentType,
  body: "<UnknownOperationException/>\n",
};

async function answerOperation(
  route: OperationRoute,
  request: ReceivedRequest,
  services: AwsServices,
): Promise<Answer> {
  const { clock, realClock, state: currentState, verifySignatures, faults, ...shared } = services;
  const { requestId, endpoint } = request;
  const state = currentState();
  const now = clock.now();
  const account = { accountId: shared.accountId, state };
  const caller = verifySignatures
    ? verifiedCaller(route, request, account, { now, clientNow: realClock.now() })
    : trustClaimedIdentity(request, account);
  failRequest(
    {
      service: route.operation.service,
      operation: route.operation.name,
      callerArn: caller.principal.arn,
      family: route.family,
    },
    faults,
  );
  const context: OperationContext = { ...shared, ...caller, requestId, now, endpoint, state };
  const input = validateInput(route.operation, decodeInput(route, request));
  return encodeOutput(route, await route.operation.handle(input, context), requestId);
}

const minute = 60_000;
/** How far a client's clock may be off, in milliseconds. @see aws-api reference, section 1.6 */
const skewMs = { json: 5 * minute, query: 15 * minute, ec2: 15 * minute } as const;

function verifiedCaller(
  { family, operation }: OperationRoute,
  request: ReceivedRequest,
  account: Account,
  times: Pick<SignatureOptions, "now" | "clientNow">,
): Caller {
  const options = { ...times, service: operation.service, skewMs: skewMs[family] };
  const verdict = authenticate(request, account, options);
  if (verdict.type === "failed") throw authFailureException(verdict.failure, family);
  return verdict.caller;
}

function decodeInput({ family, operation, form }: OperationRoute, request: ReceivedRequest): unknown {
  switch (family) {
    case "json":
      return decodeJsonBody(request.body);
    case "query":
      return decodeQueryInput(form, operation);
    case "ec2":
      return decodeEc2Input(form, operation);
  }
}

function encodeOutput({ family, operation }: OperationRoute, output: object, requestId: string): Answer {
  switch (family) {
    case "json":
      return encodeJsonOutput(operation, output);
    case "query":
      return encodeQueryOutput(operation, output, requestId);
    case "ec2":
      return encodeEc2Output(operation, output, requestId);
  }
}

function answerError(
  { family, operation }: OperationRoute,
  error: unknown,
  request: ReceivedRequest,
): Answer {
  const { service, name } = operation;
  const reader = { family, service };
  if (error instanceof ServiceException) {
    request.log.info(
      { service, operation: name, code: error.code, reason: error.message },
      "request refused",
    );
    return encodeError(reader, error, request.requestId);
  }
  request.log.error({ service, operation: name, err: error }, "operation failed");
  return encodeError(reader, internalError(family), request.requestId);
}
