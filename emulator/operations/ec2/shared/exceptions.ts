import { ServiceException } from "../../../errors.ts";

/**
 * What ec2 answers when it refuses.
 * @see aws-api reference, section 2.9, "EC2 errors"
 */
export const ec2Exceptions = {
  instanceMalformed: (id: string) =>
    new ServiceException("InvalidInstanceID.Malformed", `Invalid id: "${id}"`),
  instancesMissing: (ids: readonly string[]) =>
    new ServiceException(
      "InvalidInstanceID.NotFound",
      ids.length === 1
        ? `The instance ID '${ids[0]}' does not exist`
        : `The instance IDs '${ids.join(", ")}' do not exist`,
    ),
  /** @unverified moto's text; a recorded CreateTags on a made-up id would settle it. */
  resourceInvalid: (id: string) => new ServiceException("InvalidID", `The ID '${id}' is not valid`),
  maxResultsWithIds: () =>
    new ServiceException(
      "InvalidParameterCombination",
      "The parameter instancesSet cannot be used with the parameter maxResults",
    ),
  /** @unverified The lower bound's text is quoted by users, the upper one's is after it; a recorded call would settle it. */
  maxResultsOutOfRange: (value: number, bound: string) =>
    invalidValue(`Value ( ${value} ) for parameter maxResults is invalid. Expecting a value ${bound}.`),
  filterInvalid: (name: string) => invalidValue(`The filter '${name}' is invalid`),
  /** @unverified Limit from the API reference, text as users quote it. */
  tooManyFilterValues: (max: number) =>
    new ServiceException(
      "FilterLimitExceeded",
      `The maximum number of filter values specified on a single call is ${max}`,
    ),
  /** @unverified A recorded call with a made-up token would settle code and text. */
  badToken: () => invalidValue("Unable to parse pagination token"),
  parameterMissing: (name: string) =>
    new ServiceException("MissingParameter", `The request must contain the parameter ${name}`),
  /** @unverified A recorded call with a made-up region would settle the text. */
  regionInvalid: (name: string) => invalidValue(`Invalid region provided: ${name}`),
  /** @unverified Text as users quote it; a recorded CreateTags would settle it. */
  tagKeyReserved: () => invalidValue("Tag keys starting with 'aws:' are reserved for internal use"),
  /** @unverified Text ours; a recorded CreateTags would settle it. */
  tagKeyTooLong: (max: number) => invalidValue(`Tag key exceeds the maximum length of ${max} characters`),
  /** @unverified Text ours; a recorded CreateTags would settle it. */
  tagValueTooLong: (max: number) => invalidValue(`Tag value exceeds the maximum length of ${max} characters`),
  /** @unverified Text ours; a recorded CreateTags would settle it. */
  duplicateTagKey: (key: string) => invalidValue(`Duplicate tag key '${key}' specified.`),
  /** @unverified moto's text; a recorded CreateTags would settle it. */
  tooManyTags: () =>
    new ServiceException("TagLimitExceeded", "The maximum number of Tags for a resource has been reached."),
  dryRun: () =>
    new ServiceException("DryRunOperation", "Request would have succeeded, but DryRun flag is set."),
};

function invalidValue(message: string): ServiceException {
  return new ServiceException("InvalidParameterValue", message);
}
