/** Services whose AWS host names lead to the emulator. */
export const awsHostServices = [
  "ssm",
  "ssmmessages",
  "ec2messages",
  "iam",
  "sts",
  "logs",
  "ec2",
  "kms",
  "s3",
] as const;

export type AwsHostService = (typeof awsHostServices)[number];

export interface AwsHost {
  readonly service: AwsHostService;
  /** Undefined in the name of a global endpoint, such as `iam.amazonaws.com`. */
  readonly region: string | undefined;
}

const pattern = new RegExp(
  // A bucket may stand before s3.
  `^(?:[a-z0-9][a-z0-9.-]*\\.(?=s3\\.))?(${awsHostServices.join("|")})(?:\\.([a-z]{2}(?:-[a-z]+)+-\\d))?\\.amazonaws\\.com(?:\\.cn)?$`,
);

/** DNS's own limit; also keeps the pattern away from long input. */
const maxHostLength = 253;

/**
 * Reads an AWS host name of a service in scope, without its port; undefined for every other name.
 * @see AWS General Reference, "Service endpoints and quotas"
 */
export function parseAwsHost(host: string): AwsHost | undefined {
  if (host.length > maxHostLength) return undefined;
  const match = pattern.exec(host.toLowerCase());
  const service = awsHostServices.find((name) => name === match?.[1]);
  return service === undefined ? undefined : { service, region: match?.[2] };
}
