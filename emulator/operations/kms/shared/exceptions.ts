import { ServiceException } from "../../../errors.ts";

/**
 * What kms answers when it refuses.
 * @see aws-api reference, section 2.9, "KMS errors"
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html, "Table details"
 */
export const kmsExceptions = {
  keyMissing: (keyArn: string) => notFound(`Key '${keyArn}' does not exist`),
  aliasMissing: (aliasArn: string) => notFound(`Alias ${aliasArn} is not found.`),
  invalidKeyId: (keyId: string) => notFound(`Invalid keyId '${keyId}'`),
  foreignRegion: (region: string) => notFound(`Invalid arn ${region}`),
  aliasArnNotTaken: () =>
    new ServiceException("InvalidArnException", "Key Aliases are not supported for this operation."),
  disabled: (keyArn: string) => new ServiceException("DisabledException", `${keyArn} is disabled.`),
  pendingDeletion: (keyArn: string) => invalidState(`${keyArn} is pending deletion.`),
  notPendingDeletion: (keyArn: string) => invalidState(`${keyArn} is not pending deletion.`),
  /** Says nothing of the cause: another context, a changed blob and no blob at all look the same. */
  invalidCiphertext: () => new ServiceException("InvalidCiphertextException"),
  incorrectKey: () =>
    new ServiceException(
      "IncorrectKeyException",
      "The key ID in the request does not identify a CMK that can perform this operation.",
    ),
  unknownCiphertextKey: () =>
    new ServiceException(
      "AccessDeniedException",
      "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
    ),
  incompatibleAlgorithm: (algorithm: string) =>
    new ServiceException(
      "InvalidKeyUsageException",
      `Algorithm ${algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`,
    ),
  dryRun: () =>
    new ServiceException(
      "DryRunOperationException",
      "The request would have succeeded, but the DryRun option is set.",
    ),
  bytesOrSpec: () => invalid("Please specify either number of bytes or key spec."),
  /** @unverified As users quote it; a recorded CreateKey with both would settle it. */
  specTwice: () =>
    invalid(
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
    ),
  /** @unverified As users quote it; a recorded CreateKey would settle it. */
  usageOfSymmetricKey: (usage: string) =>
    invalid(`KeyUsage ${usage} is not compatible with KeySpec SYMMETRIC_DEFAULT`),
  /** @unverified Code and limits from the API reference, text ours; a recorded call would settle it. */
  deletionWindow: () => invalid("PendingWindowInDays must be between 7 and 30."),
  aliasPrefix: () =>
    invalid(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ),
  /** @unverified As moto has it; a recorded CreateAlias of `alias/a:b` would settle it. */
  aliasCharacters: (aliasName: string) => invalid(`${aliasName} contains invalid characters for an alias`),
  /** @unverified As moto has it; a recorded CreateAlias of `alias/aws/x` would settle it. */
  reservedAlias: () => new ServiceException("NotAuthorizedException"),
  aliasExists: (aliasArn: string) =>
    new ServiceException("AlreadyExistsException", `An alias with the name ${aliasArn} already exists`),
  /** @unverified As moto has it; a recorded CreateAlias for an alias would settle it. */
  aliasOfAlias: () => invalid("Aliases must refer to keys. Not aliases"),
  /** @unverified Code from the API reference, text ours; a recorded call would settle it. */
  badMarker: () => new ServiceException("InvalidMarkerException", "The marker is invalid."),
  /** @unverified Known from other JSON 1.1 services; an answer recorded from kms would settle it. */
  notBase64: () =>
    new ServiceException("SerializationException", "The request holds a blob that is not base64"),
  /** Blobs are not quoted. */
  blobSize: (member: string, rule: string) =>
    invalid(
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length ${rule}`,
    ),
  notEmulated: (what: string) =>
    new ServiceException("UnsupportedOperationException", `ssm-emulator does not emulate ${what}.`),
};

function notFound(message: string): ServiceException {
  return new ServiceException("NotFoundException", message);
}

function invalid(message: string): ServiceException {
  return new ServiceException("ValidationException", message);
}

function invalidState(message: string): ServiceException {
  return new ServiceException("KMSInvalidStateException", message);
}
