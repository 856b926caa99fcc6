import { ServiceException } from "../../../errors.ts";

/**
 * What logs answers when it refuses.
 * @see aws-api reference, section 2.8
 */
export const logsExceptions = {
  groupExists: () =>
    new ServiceException("ResourceAlreadyExistsException", "The specified log group already exists"),
  streamExists: () =>
    new ServiceException("ResourceAlreadyExistsException", "The specified log stream already exists"),
  groupMissing: () =>
    new ServiceException("ResourceNotFoundException", "The specified log group does not exist."),
  streamMissing: () =>
    new ServiceException("ResourceNotFoundException", "The specified log stream does not exist."),
  badToken: () => invalidParameter("The specified nextToken is invalid."),
  prefixAndPattern: () =>
    invalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."),
  nameAndArn: () =>
    new ServiceException(
      "ValidationException",
      "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    ),
  /** @unverified A recorded call with neither name would settle code and text. */
  noGroupGiven: () =>
    new ServiceException("ValidationException", "Either logGroupName or logGroupIdentifier must be given."),
  /** @unverified Code from the API reference, text ours; a recorded call would settle it. */
  identifiersAndOthers: () =>
    invalidParameter("logGroupIdentifiers cannot be combined with other filters than includeLinkedAccounts."),
  /** @unverified moto's text; a recorded call would settle it. */
  orderWithPrefix: () => invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix."),
  /** @unverified Code from the API reference, text ours; a recorded call would settle it. */
  streamNamesAndPrefix: () =>
    invalidParameter("logStreamNames and logStreamNamePrefix are mutually exclusive parameters."),
  notChronological: () =>
    invalidParameter("Log events in a single PutLogEvents request must be in chronological order."),
  /** @unverified Text as users quote it; a recorded call would settle it. */
  batchTooLarge: (bytes: number, maxBytes: number) =>
    invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${maxBytes}`),
  /** @unverified Text as users quote it; a recorded call would settle it. */
  batchTooLong: () =>
    invalidParameter(
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    ),
  /** @see https://github.com/DefangLabs/defang/issues/1008 */
  badFilterTerm: (term: string) =>
    invalidParameter(`Invalid filter pattern: Invalid character(s) in term '${term}'`),
  notEmulated: (what: string) => invalidParameter(`ssm-emulator does not emulate ${what}.`),
};

function invalidParameter(message: string): ServiceException {
  return new ServiceException("InvalidParameterException", message);
}
