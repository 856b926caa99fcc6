import { ServiceException } from "../../../errors.ts";

/**
 * What iam answers when it refuses.
 * @see aws-api reference, section 2.6
 */
export const iamExceptions = {
  userExists: (name: string) =>
    new ServiceException("EntityAlreadyExists", `User with name ${name} already exists.`),
  roleExists: (name: string) =>
    new ServiceException("EntityAlreadyExists", `Role with name ${name} already exists.`),
  noSuchUser: (name: string) =>
    new ServiceException("NoSuchEntity", `The user with name ${name} cannot be found.`),
  noSuchRole: (name: string) =>
    new ServiceException("NoSuchEntity", `The role with name ${name} cannot be found.`),
  noSuchAccessKey: (id: string) =>
    new ServiceException("NoSuchEntity", `The Access Key with id ${id} cannot be found.`),
  userHasAccessKeys: () =>
    new ServiceException("DeleteConflict", "Cannot delete entity, must delete access keys first."),
  tooManyAccessKeys: (quota: number) =>
    new ServiceException("LimitExceeded", `Cannot exceed quota for AccessKeysPerUser: ${quota}`),
  /** @unverified Text ours; a 51st tag on AWS would settle it. */
  tooManyTags: (quota: number) =>
    new ServiceException("LimitExceeded", `Cannot exceed quota for TagsPerResource: ${quota}`),
  duplicateTagKeys: () =>
    new ServiceException(
      "InvalidInput",
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ),
  /** @unverified Text ours; tagging a user with `aws:x` on AWS would settle it. */
  reservedTag: () =>
    validationError("Tag keys and values must not begin with aws:, which is reserved for AWS."),
  badName: (member: "userName" | "roleName") =>
    validationError(
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    ),
  /** @unverified Text as users quote it; a recorded call would settle it. */
  badPath: () =>
    validationError(
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    ),
  /** @unverified Text as users quote it; a role calling GetUser without a name would settle it. */
  callerIsNoUser: () => validationError("Must specify userName when calling with non-User credentials"),
  /** @unverified Text ours; a made-up Marker on AWS would settle it. */
  badMarker: () => validationError("Invalid Marker."),
  malformedPolicy: (message: string) => new ServiceException("MalformedPolicyDocument", message),
  unknownPrincipal: (arn: string) =>
    new ServiceException("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"${arn}"`),
} as const;

function validationError(message: string): ServiceException {
  return new ServiceException("ValidationError", message);
}
