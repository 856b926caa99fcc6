import type { SessionTagRefusal } from "../../../access/session-tags.ts";
import { ServiceException } from "../../../errors.ts";

const tagRefusals: Readonly<Record<SessionTagRefusal, string>> = {
  "duplicate-key": "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
  "conflicts-with-inherited":
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
  "transitive-key-not-passed": "The specified transitive tag key must be included in the requested tags.",
  // @unverified Text ours; AssumeRole on AWS with the tag `aws:x` would settle it.
  "reserved-prefix": "Tag keys and values must not begin with aws:, which is reserved for AWS.",
};

/**
 * What sts answers when it refuses.
 * @see aws-api reference, section 2.7
 */
export const stsExceptions = {
  notAuthorized: (callerArn: string, action: string, roleArn: string) =>
    accessDenied(`User: ${callerArn} is not authorized to perform: ${action} on resource: ${roleArn}`),
  badTags: (reason: SessionTagRefusal) => new ServiceException("InvalidParameterValue", tagRefusals[reason]),
  notAnArn: (text: string) => new ServiceException("ValidationError", `${text} is invalid`),
  longerThanRoleAllows: () =>
    new ServiceException(
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ),
  /** @unverified Text as users quote it; a recorded call would settle it. */
  longerThanChainingAllows: () =>
    new ServiceException(
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    ),
  /** @unverified Text as users quote it; a recorded call would settle it. */
  policyIsNoJson: () =>
    new ServiceException("MalformedPolicyDocument", "The policy is not in the valid JSON format."),
  /** @unverified Text as users quote it; a recorded call would settle it. */
  sessionCallsGetSessionToken: () => accessDenied("Cannot call GetSessionToken with session credentials"),
  /** The account has no MFA devices. @unverified Text as users quote it; a recorded call would settle it. */
  noMfaDevice: () =>
    accessDenied(
      "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    ),
} as const;

function accessDenied(message: string): ServiceException {
  return new ServiceException("AccessDenied", message);
}
