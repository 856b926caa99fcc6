import { type ErrorFamily, ServiceException } from "../errors.ts";

/** Why a request's signature was refused, before any protocol gives it a code. */
export type AuthFailure =
  | { readonly type: "unsigned" }
  /** The header or query string cannot be read, or lacks a part. */
  | { readonly type: "incomplete"; readonly text: string }
  /** The key is unknown or inactive, or its token is missing, wrong or not expected. */
  | { readonly type: "unknown-token" }
  | { readonly type: "expired-token" }
  | { readonly type: "expired-request"; readonly text: string }
  /** Wrong scope, a date in the future, or another signature than ours. */
  | { readonly type: "invalid-signature"; readonly text: string };

/** @see aws-api reference, section 1.7 */
export const signatureDiffers: AuthFailure = {
  type: "invalid-signature",
  text:
    "The request signature we calculated does not match the signature you provided. " +
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
};

const codes: Readonly<Record<AuthFailure["type"], Readonly<Record<"json" | "query", string>>>> = {
  unsigned: { json: "MissingAuthenticationTokenException", query: "MissingAuthenticationToken" },
  incomplete: { json: "IncompleteSignatureException", query: "IncompleteSignature" },
  "unknown-token": { json: "UnrecognizedClientException", query: "InvalidClientTokenId" },
  "expired-token": { json: "ExpiredTokenException", query: "ExpiredToken" },
  "expired-request": { json: "InvalidSignatureException", query: "SignatureDoesNotMatch" },
  "invalid-signature": { json: "InvalidSignatureException", query: "SignatureDoesNotMatch" },
};

/**
 * A refused signature in the words of the service's protocol family.
 * @see aws-api reference, section 1.7
 */
export function authFailureException(failure: AuthFailure, family: ErrorFamily): ServiceException {
  if (family === "ec2") return ec2Exception(failure);
  return new ServiceException(
    codes[failure.type][family === "json" ? "json" : "query"],
    text(failure, family),
  );
}

function text(failure: AuthFailure, family: ErrorFamily): string {
  switch (failure.type) {
    case "unsigned":
      return family === "json" ? "Missing Authentication Token" : "Request is missing Authentication Token";
    case "unknown-token":
      return "The security token included in the request is invalid.";
    case "expired-token":
      return "The security token included in the request is expired";
    case "incomplete":
    case "expired-request":
    case "invalid-signature":
      return failure.text;
  }
}

/** @unverified The texts for unsigned and expired requests; answers recorded from ec2 would settle them. */
function ec2Exception(failure: AuthFailure): ServiceException {
  switch (failure.type) {
    case "unsigned":
      return new ServiceException(
        "MissingParameter",
        "The request must contain the parameter AWSAccessKeyId",
      );
    case "expired-request":
      return new ServiceException("RequestExpired", "Request has expired.");
    case "incomplete":
    case "unknown-token":
    case "expired-token":
    case "invalid-signature":
      return new ServiceException(
        "AuthFailure",
        "AWS was not able to validate the provided access credentials",
      );
  }
}
