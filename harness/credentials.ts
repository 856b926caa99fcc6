import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";

/** Keys with which requests are signed. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

/** Who can call: root, or an IAM user that has an active key. */
export interface Persona extends Credentials {
  /** `root`, or the IAM user's name. */
  readonly name: string;
  readonly arn: string;
}

/** What AssumeRole is asked for. */
export interface RoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  /** Session tags, key: value. */
  readonly sessionTags?: Readonly<Record<string, string>> | undefined;
  /** Keys of the session tags that further roles are to inherit. */
  readonly transitiveTagKeys?: readonly string[] | undefined;
}

/** Calls AssumeRole. @throws STSServiceException when it is refused */
export async function assumeRole(
  aws: { readonly endpoint: string; readonly region: string; readonly credentials: Credentials },
  request: RoleRequest,
): Promise<Credentials> {
  const sts = new STSClient({ ...aws, maxAttempts: 1 });
  try {
    const { Credentials: keys } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: request.roleArn,
        RoleSessionName: request.sessionName,
        Tags: Object.entries(request.sessionTags ?? {}).map(([Key, Value]) => ({ Key, Value })),
        TransitiveTagKeys: [...(request.transitiveTagKeys ?? [])],
      }),
    );
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = keys ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  } finally {
    sts.destroy();
  }
}
