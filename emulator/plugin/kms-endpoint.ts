const awsHost = /\.amazonaws\.com(\.cn)?$/;

/**
 * Where KMS is for who has Systems Manager there: at the same place, unless that is AWS's own; undefined: at AWS's own.
 * The plugin knows no other than that.
 * @see data-channel reference, section 14
 */
export function kmsEndpoint(endpoint: string): string | undefined {
  return endpoint === "" || awsHost.test(new URL(endpoint).hostname) ? undefined : endpoint;
}
