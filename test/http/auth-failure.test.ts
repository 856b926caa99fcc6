import { expect, it } from "vitest";
import {
  type AuthFailure,
  authFailureException,
  signatureDiffers,
} from "../../emulator/http/auth-failure.ts";

const invalidToken = "The security token included in the request is invalid.";
const expiredToken = "The security token included in the request is expired";
const notValidated = "AWS was not able to validate the provided access credentials";
const incomplete: AuthFailure = { type: "incomplete", text: "no date" };
const tooOld: AuthFailure = { type: "expired-request", text: "too old" };

it.each<[AuthFailure, "json" | "query" | "ec2", number, string, string]>([
  [
    { type: "unsigned" },
    "query",
    403,
    "MissingAuthenticationToken",
    "Request is missing Authentication Token",
  ],
  [{ type: "unsigned" }, "json", 400, "MissingAuthenticationTokenException", "Missing Authentication Token"],
  [
    { type: "unsigned" },
    "ec2",
    400,
    "MissingParameter",
    "The request must contain the parameter AWSAccessKeyId",
  ],
  [incomplete, "query", 400, "IncompleteSignature", "no date"],
  [incomplete, "json", 400, "IncompleteSignatureException", "no date"],
  [incomplete, "ec2", 401, "AuthFailure", notValidated],
  [{ type: "unknown-token" }, "query", 403, "InvalidClientTokenId", invalidToken],
  [{ type: "unknown-token" }, "json", 400, "UnrecognizedClientException", invalidToken],
  [{ type: "unknown-token" }, "ec2", 401, "AuthFailure", notValidated],
  [{ type: "expired-token" }, "query", 403, "ExpiredToken", expiredToken],
  [{ type: "expired-token" }, "json", 400, "ExpiredTokenException", expiredToken],
  [tooOld, "query", 403, "SignatureDoesNotMatch", "too old"],
  [tooOld, "json", 400, "InvalidSignatureException", "too old"],
  [tooOld, "ec2", 400, "RequestExpired", "Request has expired."],
  [signatureDiffers, "json", 400, "InvalidSignatureException", expect.stringContaining("we calculated")],
  [signatureDiffers, "query", 403, "SignatureDoesNotMatch", expect.stringContaining("we calculated")],
])("words %o for %s", (failure, family, status, code, message) => {
  expect(authFailureException(failure, family)).toMatchObject({ status, code, message });
});
