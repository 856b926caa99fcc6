import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateUserCommand, DeleteUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { SSMClient, StartSessionCommand } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeApp, rootKey } from "./fake-operations.ts";

let app: FastifyInstance;
let config: { readonly endpoint: string; readonly region: string; readonly credentials: typeof rootKey };

beforeAll(async () => {
  app = await fakeApp();
  config = { endpoint: await app.listen({ port: 0 }), region: "eu-west-1", credentials: rootKey };
});
afterAll(() => app.close());

describe("the AWS SDK for JavaScript", () => {
  it("starts a session", async () => {
    const output = await new SSMClient(config).send(new StartSessionCommand({ Target: "i-1", Reason: "ü" }));
    expect(output).toMatchObject({
      SessionId: "arn:aws:iam::000000000000:root|eu-west-1|ü",
      $metadata: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it("reads ssm's errors", async () => {
    const ssm = new SSMClient(config);
    await expect(ssm.send(new StartSessionCommand({ Target: "i-off" }))).rejects.toMatchObject({
      name: "TargetNotConnected",
      message: "i-off is not connected.",
    });
    await expect(ssm.send(new StartSessionCommand({ Target: "" }))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("at 'target' failed"),
    });
  });

  it("takes logs' empty answers", async () => {
    const output = await new CloudWatchLogsClient(config).send(
      new CreateLogGroupCommand({ logGroupName: "g" }),
    );
    expect(output.$metadata.httpStatusCode).toBe(200);
  });

  it("reads iam's output and errors", async () => {
    const iam = new IAMClient(config);
    const Tags = [{ Key: "a", Value: "b & c" }];
    expect((await iam.send(new CreateUserCommand({ UserName: "alice", Tags }))).User).toEqual({
      Path: "/",
      UserName: "alice",
      UserId: "AIDA1",
      Arn: "arn",
      CreateDate: new Date("2026-01-02T03:04:05Z"),
      Tags,
    });
    expect((await iam.send(new CreateUserCommand({ UserName: "bob", Tags: [] }))).User?.Tags).toEqual([]);
    expect((await iam.send(new DeleteUserCommand({ UserName: "bob" }))).$metadata.httpStatusCode).toBe(200);
    await expect(iam.send(new CreateUserCommand({ UserName: "taken" }))).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "User with name taken already exists.",
    });
  });

  it("asks sts who it is", async () => {
    const output = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    expect(output).toMatchObject({ Account: "000000000000", Arn: "arn:aws:iam::000000000000:root" });
  });

  it("reads ec2's output and errors", async () => {
    const ec2 = new EC2Client(config);
    const Filters = [{ Name: "tag:Name", Values: ["web", "db"] }];
    const output = await ec2.send(new DescribeInstancesCommand({ InstanceIds: ["i-1", "i-2"], Filters }));
    expect(output.Reservations?.[0]?.Instances).toMatchObject([
      {
        InstanceId: "i-1",
        State: { Code: 16, Name: "running" },
        Tags: [{ Key: "tag:Name", Value: "web,db" }],
      },
      { InstanceId: "i-2" },
    ]);
    await expect(ec2.send(new DescribeInstancesCommand({ InstanceIds: ["i-0"] }))).rejects.toMatchObject({
      name: "InvalidInstanceID.NotFound",
      message: "The instance ID 'i-0' does not exist",
    });
  });

  it("is told that its secret is wrong", async () => {
    const credentials = { ...rootKey, secretAccessKey: "wrong" };
    await expect(
      new SSMClient({ ...config, credentials }).send(new StartSessionCommand({ Target: "i-1" })),
    ).rejects.toMatchObject({ name: "InvalidSignatureException" });
    await expect(
      new STSClient({ ...config, credentials }).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
  });
});
