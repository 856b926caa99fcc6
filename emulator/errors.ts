/**
 * The four families of errors; nothing else is thrown on purpose.
 * Anything else that reaches an edge is our bug and is answered as `InternalServerError`.
 */

/** What AWS would answer: the client sees `code` and `message` word for word. */
export class ServiceException extends Error {
  override readonly name = "ServiceException";
  readonly code: string;
  /** HTTP status; the JSON services answer every client error with 400 whatever this says. */
  readonly status: number;

  constructor(code: string, message = "") {
    super(message);
    this.code = code;
    this.status = statusByCode[code] ?? 400;
  }
}

/** Statuses other than 400, by error code. @see AWS API references of iam, sts and ec2, "Errors". */
const statusByCode: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AuthFailure: 401,
  ConcurrentModification: 409,
  DeleteConflict: 409,
  DryRunOperation: 412,
  EntityAlreadyExists: 409,
  EntityTemporarilyUnmodifiable: 409,
  ExpiredToken: 403,
  InternalError: 500,
  InternalFailure: 500,
  InternalServerError: 500,
  InvalidClientTokenId: 403,
  LimitExceeded: 409,
  MissingAuthenticationToken: 403,
  NoSuchEntity: 404,
  RequestEntityTooLarge: 413,
  RequestLimitExceeded: 503,
  ServiceFailure: 500,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  UnauthorizedOperation: 403,
};

/** How a service writes its errors. @see aws-api reference, section 1.1 */
export type ErrorFamily = "json" | "query" | "ec2" | "s3";

/** A failure of the service itself, in its family's words; what went wrong is for the log alone. */
export function internalError(family: ErrorFamily): ServiceException {
  return new ServiceException(...internalErrors[family]);
}

/** @see AWS API references, "Common errors"; EC2, "Server error codes"; S3, "List of error codes" */
const internalErrors: Readonly<Record<ErrorFamily, readonly [code: string, message: string]>> = {
  json: ["InternalServerError", "An internal error occurred."],
  query: ["InternalFailure", "An internal error occurred."],
  ec2: ["InternalError", "An internal error has occurred"],
  s3: ["InternalError", "We encountered an internal error. Please try again."],
};

/** The peer broke the data channel's rules; the edge closes the socket with `closeCode`. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;
  /** WebSocket close code. @see RFC 6455 section 7.4.1 */
  readonly closeCode: number;

  constructor(code: ProtocolErrorCode, message: string) {
    super(message);
    this.code = code;
    this.closeCode = protocolErrorCodes[code];
  }
}

export type ProtocolErrorCode = keyof typeof protocolErrorCodes;

/** Codes of {@link ProtocolError} with their WebSocket close codes. */
export const protocolErrorCodes = {
  "frame-malformed": 1007,
  "frame-too-large": 1009,
} as const;

/** A managed node or its container engine failed. Always has a `cause`. */
export class ManagedNodeError extends Error {
  override readonly name = "ManagedNodeError";
  /** The system's name of the error, such as `ENOENT`, where the node's kernel refused what was asked of it. */
  readonly code: string | undefined;

  constructor(message: string, options: { readonly cause: unknown; readonly code?: string }) {
    super(message, options);
    this.code = options.code;
  }
}

/** The user's configuration is wrong; printed without a stack, exit code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
