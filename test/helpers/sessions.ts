import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { vi } from "vitest";
import type { TestEmulator } from "./emulator.ts";

const region = "us-east-1";

/** test-user as the role operator, with the session tag SSMSessionRunAs when a name is given. */
export async function assumeOperator(lab: TestEmulator, sessionTag?: string): Promise<SSMClient> {
  const endpoint = lab.emulator.url;
  const sts = new STSClient({ endpoint, region, credentials: lab.credentials("test-user") });
  const { Credentials: keys } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: "arn:aws:iam::000000000000:role/operator",
      RoleSessionName: "test-user",
      ...(sessionTag !== undefined && { Tags: [{ Key: "SSMSessionRunAs", Value: sessionTag }] }),
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken } = keys ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
    throw new Error("AssumeRole answered without credentials");
  }
  return new SSMClient({
    endpoint,
    region,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
}

/** Waits until the session has ended, and with it its log. */
export async function waitForEnd(lab: TestEmulator, sessionId: string): Promise<void> {
  await vi.waitUntil(() => lab.emulator.state().sessions.get(sessionId)?.endedAt !== undefined, {
    timeout: 15_000,
    interval: 20,
  });
}

/** A session's events in CloudWatch Logs, as the API gives them out. */
export async function eventsOf(
  lab: TestEmulator,
  logGroupName: string,
  sessionId: string,
): Promise<string[]> {
  const logs = new CloudWatchLogsClient({
    endpoint: lab.emulator.url,
    region,
    credentials: lab.credentials("root"),
  });
  const { events } = await logs.send(
    new GetLogEventsCommand({ logGroupName, logStreamName: sessionId, startFromHead: true }),
  );
  return (events ?? []).map(({ message }) => message ?? "");
}
