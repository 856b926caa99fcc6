/** Where AWS's services are, and as whom to speak to them. */
export interface AwsTarget {
  /** Undefined: AWS's own, or what the environment says. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Undefined: as the SDK finds them. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** The same for a client of the SDK. */
export function clientConfig({ endpoint, region, credentials }: AwsTarget): {
  readonly endpoint?: string;
  readonly region: string;
  readonly credentials?: NonNullable<AwsTarget["credentials"]>;
} {
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
  };
}
