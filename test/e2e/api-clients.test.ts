import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeTagsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListRoleTagsCommand,
  ListUserTagsCommand,
  paginateListUsers,
  TagRoleCommand,
  TagUserCommand,
  UntagUserCommand,
} from "@aws-sdk/client-iam";
import {
  CreateDocumentCommand,
  DeleteDocumentCommand,
  DescribeDocumentCommand,
  DescribeSessionsCommand,
  GetConnectionStatusCommand,
  GetDocumentCommand,
  ListDocumentVersionsCommand,
  paginateDescribeInstanceInformation,
  paginateListDocuments,
  ResumeSessionCommand,
  SSMClient,
  TerminateSessionCommand,
  UpdateDocumentCommand,
  UpdateDocumentDefaultVersionCommand,
} from "@aws-sdk/client-ssm";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeWithStockClient, findProgram } from "../helpers/programs.ts";
import { shellDocument } from "../helpers/session-documents.ts";
import { awsStartSession } from "./stock-client.ts";

/** AWS's own clients against the emulator as it runs: one way that succeeds and one that fails for each family. */

const run = promisify(execFile);

/** All items of all pages, of which there must be several. */
async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const found: (readonly Item[])[] = [];
  for await (const page of pages) found.push(items(page) ?? []);
  expect(found.length).toBeGreaterThan(1);
  return found.flat();
}

describe("the AWS SDK for JavaScript", () => {
  let lab: TestEmulator;
  let config: { endpoint: string; region: string; credentials: ReturnType<TestEmulator["credentials"]> };
  beforeAll(async () => {
    lab = await startTestEmulator({ seed: { nodes: [] } });
    config = { endpoint: lab.emulator.url, region: "us-east-1", credentials: lab.credentials("root") };
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it("keeps session documents and their versions", async () => {
    const ssm = new SSMClient(config);
    const Name = "shell-of-ops";
    const Content = shellDocument({ runAsEnabled: true, runAsDefaultUser: "ops" });
    const { DocumentDescription } = await ssm.send(
      new CreateDocumentCommand({ Name, Content, DocumentType: "Session" }),
    );
    expect(DocumentDescription).toMatchObject({
      Name,
      Owner: "000000000000",
      DocumentType: "Session",
      DocumentVersion: "1",
      Status: "Creating",
      CreatedDate: expect.any(Date),
    });
    await ssm.send(new UpdateDocumentCommand({ Name, Content: shellDocument(), DocumentVersion: "$LATEST" }));
    await ssm.send(new UpdateDocumentDefaultVersionCommand({ Name, DocumentVersion: "2" }));
    const { DocumentVersions } = await ssm.send(new ListDocumentVersionsCommand({ Name }));
    expect(DocumentVersions?.map((version) => [version.DocumentVersion, version.IsDefaultVersion])).toEqual(
      expect.arrayContaining([
        ["1", false],
        ["2", true],
      ]),
    );
    const first = await ssm.send(new GetDocumentCommand({ Name, DocumentVersion: "1" }));
    expect(JSON.parse(first.Content ?? "")).toEqual(JSON.parse(Content));
    expect((await ssm.send(new DescribeDocumentCommand({ Name }))).Document?.DocumentVersion).toBe("2");
    await ssm.send(new DeleteDocumentCommand({ Name }));
    await expect(ssm.send(new GetDocumentCommand({ Name }))).rejects.toMatchObject({
      name: "InvalidDocument",
      message: "Document with name shell-of-ops does not exist.",
    });
    await expect(
      ssm.send(
        new CreateDocumentCommand({ Name, Content: '{"schemaVersion":"9"}', DocumentType: "Session" }),
      ),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  it("lists documents page by page", async () => {
    const client = new SSMClient(config);
    const pages = paginateListDocuments({ client, pageSize: 2 }, {});
    const names = (await collect(pages, (page) => page.DocumentIdentifiers)).map(({ Name }) => Name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("SSM-SessionManagerRunShell");
    expect(names).toContain("AWS-StartPortForwardingSession");
  });

  it("finds no nodes and no sessions where there are none", async () => {
    const client = new SSMClient(config);
    for await (const page of paginateDescribeInstanceInformation({ client }, {})) {
      expect(page.InstanceInformationList).toEqual([]);
    }
    const { Sessions } = await client.send(new DescribeSessionsCommand({ State: "History" }));
    expect(Sessions).toEqual([]);
    const { Status } = await client.send(new GetConnectionStatusCommand({ Target: webNodeId }));
    expect(Status).toBe("notconnected");
    const SessionId = "alice-0123456789abcdef0";
    expect(await client.send(new TerminateSessionCommand({ SessionId }))).toMatchObject({ SessionId });
    await expect(client.send(new ResumeSessionCommand({ SessionId }))).rejects.toMatchObject({
      name: "DoesNotExistException",
    });
  });

  it("keeps users, their tags and keys", async () => {
    const iam = new IAMClient(config);
    const UserName = "carol";
    const { User } = await iam.send(
      new CreateUserCommand({ UserName, Path: "/dev/", Tags: [{ Key: "SSMSessionRunAs", Value: "ops" }] }),
    );
    expect(User).toMatchObject({
      Arn: "arn:aws:iam::000000000000:user/dev/carol",
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      CreateDate: expect.any(Date),
    });
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    const itself = await new IAMClient({ ...config, credentials }).send(new GetUserCommand({}));
    expect(itself.User?.UserName).toBe(UserName);

    await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: "team", Value: "a b" }] }));
    await iam.send(new UntagUserCommand({ UserName, TagKeys: ["SSMSessionRunAs"] }));
    expect((await iam.send(new ListUserTagsCommand({ UserName }))).Tags).toEqual([
      { Key: "team", Value: "a b" },
    ]);
    await expect(iam.send(new DeleteUserCommand({ UserName }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
    expect(AccessKeyMetadata).toEqual([]);
    await iam.send(new DeleteUserCommand({ UserName }));
    await expect(iam.send(new GetUserCommand({ UserName }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The user with name carol cannot be found.",
    });
  });

  it("lists users page by page", async () => {
    const client = new IAMClient(config);
    const users = await collect(paginateListUsers({ client, pageSize: 1 }, {}), (page) => page.Users);
    expect(users.map(({ UserName }) => UserName)).toEqual(["alice", "bob", "test-user"]);
  });

  it("keeps roles, and gives sessions of them to those they trust", async () => {
    const iam = new IAMClient(config);
    const RoleName = "auditor";
    const trust = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::000000000000:user/alice" },
          Action: ["sts:AssumeRole", "sts:TagSession"],
        },
      ],
    };
    const AssumeRolePolicyDocument = JSON.stringify(trust);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: "SSMSessionRunAs", Value: "ops" }] }));
    expect((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags).toHaveLength(1);

    const assume = new AssumeRoleCommand({
      RoleArn: Role?.Arn,
      RoleSessionName: "audit",
      Tags: [{ Key: "SSMSessionRunAs", Value: "audit" }],
    });
    const { Credentials } = await new STSClient({ ...config, credentials: lab.credentials("alice") }).send(
      assume,
    );
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const session = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    expect(
      await new STSClient({ ...config, credentials: session }).send(new GetCallerIdentityCommand({})),
    ).toMatchObject({ Arn: "arn:aws:sts::000000000000:assumed-role/auditor/audit" });
    await expect(
      new STSClient({ ...config, credentials: lab.credentials("bob") }).send(assume),
    ).rejects.toMatchObject({ name: "AccessDenied" });
    await iam.send(new DeleteRoleCommand({ RoleName }));
  });

  it("gives temporary keys, and refuses them without their token", async () => {
    const sts = new STSClient({ ...config, credentials: lab.credentials("alice") });
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    const withToken = { ...config, credentials: { ...keys, sessionToken: SessionToken } };
    expect((await new STSClient(withToken).send(new GetCallerIdentityCommand({}))).Arn).toBe(
      "arn:aws:iam::000000000000:user/alice",
    );
    await expect(
      new STSClient({ ...config, credentials: keys }).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });

  it("keeps log groups, streams and events", async () => {
    const client = new CloudWatchLogsClient(config);
    for (const name of ["a", "b", "c"]) {
      await client.send(new CreateLogGroupCommand({ logGroupName: `/test/${name}` }));
    }
    const groups = paginateDescribeLogGroups({ client, pageSize: 2 }, { logGroupNamePrefix: "/test/" });
    expect((await collect(groups, (page) => page.logGroups)).map(({ logGroupName }) => logGroupName)).toEqual(
      ["/test/a", "/test/b", "/test/c"],
    );

    const stream = { logGroupName: "/test/a", logStreamName: "s" };
    await client.send(new CreateLogStreamCommand(stream));
    const timestamp = Date.now();
    const logEvents = Array.from({ length: 5 }, (_, index) => ({
      timestamp: timestamp + index,
      message: `event ${index} ż`,
    }));
    await client.send(new PutLogEventsCommand({ ...stream, logEvents }));
    const { events } = await client.send(new GetLogEventsCommand({ ...stream, startFromHead: true }));
    expect(events?.map(({ message }) => message)).toEqual(logEvents.map(({ message }) => message));
    const filtered = paginateFilterLogEvents({ client, pageSize: 2 }, { logGroupName: "/test/a" });
    expect((await collect(filtered, (page) => page.events)).map(({ message }) => message)).toEqual(
      logEvents.map(({ message }) => message),
    );
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: "/test/a" }));
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(["s"]);

    await client.send(new DeleteLogGroupCommand({ logGroupName: "/test/a" }));
    await expect(client.send(new GetLogEventsCommand(stream))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
    });
    await expect(client.send(new CreateLogGroupCommand({ logGroupName: "/test/b" }))).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
    });
  });

  it("keeps ec2's tags, knows regions, and no instance", async () => {
    const ec2 = new EC2Client(config);
    expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations ?? []).toEqual([]);
    await expect(ec2.send(new DescribeInstancesCommand({ InstanceIds: [webNodeId] }))).rejects.toMatchObject({
      name: "InvalidInstanceID.NotFound",
      message: `The instance ID '${webNodeId}' does not exist`,
    });
    const { Regions } = await ec2.send(new DescribeRegionsCommand({}));
    expect(Regions?.map(({ RegionName }) => RegionName)).toContain("us-east-1");
    expect((await ec2.send(new DescribeTagsCommand({}))).Tags ?? []).toEqual([]);
    const tags = { Resources: [webNodeId], Tags: [{ Key: "env", Value: "test" }] };
    await expect(ec2.send(new CreateTagsCommand(tags))).rejects.toMatchObject({
      name: "InvalidInstanceID.NotFound",
    });
    await expect(ec2.send(new DeleteTagsCommand(tags))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    });
  });
});

const python = findProgram("python3");
const hasBoto3 = python !== undefined && spawnSync(python, ["-c", "import boto3"]).status === 0;

/** Prints one JSON object with what each service answered. */
const boto3Script = `
import boto3, json, os
from botocore.exceptions import ClientError

def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]

ssm, iam, sts, logs, ec2 = (boto3.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"]) for name in ("ssm", "iam", "sts", "logs", "ec2"))
logs.create_log_stream(logGroupName="/ssm/session-logs", logStreamName="s")
print(json.dumps({
    "arn": sts.get_caller_identity()["Arn"],
    "users": [user["UserName"] for page in iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1}) for user in page["Users"]],
    "tags": iam.list_user_tags(UserName="alice")["Tags"],
    "preferences": json.loads(ssm.get_document(Name="SSM-SessionManagerRunShell")["Content"])["inputs"]["runAsEnabled"],
    "documents": len([d for page in ssm.get_paginator("list_documents").paginate(PaginationConfig={"PageSize": 1}) for d in page["DocumentIdentifiers"]]) > 1,
    "streams": [s["logStreamName"] for s in logs.describe_log_streams(logGroupName="/ssm/session-logs")["logStreams"]],
    "instances": ec2.describe_instances()["Reservations"],
    "refusals": {
        "ssm": refusal(ssm.start_session, Target="${webNodeId}"),
        "iam": refusal(iam.get_user, UserName="nobody"),
        "sts": refusal(sts.assume_role, RoleArn="arn:aws:iam::000000000000:role/operator", RoleSessionName="xx"),
        "logs": refusal(logs.delete_log_group, logGroupName="/none"),
        "ec2": refusal(ec2.describe_instances, InstanceIds=["nonsense"]),
    },
}))
`;

/** Prints what kms answered to the calls of an encrypted session's client and agent, and its errors. */
const kmsScript = `
import boto3, json, os
from botocore.exceptions import ClientError

kms = boto3.client("kms", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))

def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]

context = {"aws:ssm:SessionId": "alice-0123456789abcdef0", "aws:ssm:TargetId": "${webNodeId}"}
data_key = kms.generate_data_key(KeyId="alias/session", NumberOfBytes=64, EncryptionContext=context)
blob = data_key["CiphertextBlob"]
other = kms.create_key(Description="other")["KeyMetadata"]
kms.create_alias(AliasName="alias/other", TargetKeyId=other["Arn"])
kms.disable_key(KeyId=other["KeyId"])
aliases = [a["AliasName"] for page in kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 1}) for a in page["Aliases"]]
refusals = {
    "context": refusal(kms.decrypt, CiphertextBlob=blob, KeyId="alias/session"),
    "key": refusal(kms.decrypt, CiphertextBlob=blob, KeyId="alias/other", EncryptionContext=context),
    "disabled": refusal(kms.encrypt, KeyId="alias/other", Plaintext=b"x"),
    "alias": refusal(kms.describe_key, KeyId="alias/none"),
    "size": refusal(kms.encrypt, KeyId="alias/session", Plaintext=b"x" * 4097),
}
kms.delete_alias(AliasName="alias/other")
print(json.dumps({
    "keyId": kms.describe_key(KeyId="alias/session")["KeyMetadata"]["KeyId"],
    "length": len(data_key["Plaintext"]),
    "isGivenBack": kms.decrypt(CiphertextBlob=blob, KeyId=data_key["KeyId"], EncryptionContext=context)["Plaintext"] == data_key["Plaintext"],
    "age": (other["CreationDate"] - kms.describe_key(KeyId=other["KeyId"])["KeyMetadata"]["CreationDate"]).total_seconds(),
    "aliases": aliases,
    "refusals": [[name, *refused] for name, refused in refusals.items()],
}))
`;

describe.skipIf(!hasBoto3)(hasBoto3 ? "boto3" : "boto3 (skipped: python3 has no boto3)", () => {
  it("reads what every service answers, and its errors", async () => {
    await using lab = await startTestEmulator({ seed: { nodes: [] } });
    const { stdout } = await run(python ?? "", ["-c", boto3Script], { env: lab.environment("alice") });
    expect(JSON.parse(stdout)).toEqual({
      arn: "arn:aws:iam::000000000000:user/alice",
      users: ["alice", "bob", "test-user"],
      tags: [{ Key: "SSMSessionRunAs", Value: "my-os-user" }],
      preferences: true,
      documents: true,
      streams: ["s"],
      instances: [],
      refusals: {
        ssm: ["TargetNotConnected", 400],
        iam: ["NoSuchEntity", 404],
        sts: ["AccessDenied", 403],
        logs: ["ResourceNotFoundException", 400],
        ec2: ["InvalidInstanceID.Malformed", 400],
      },
    });
  });

  it.each(["by its endpoint", "under AWS's own host names"])("uses kms %s", async (way) => {
    const id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    await using lab = await startTestEmulator({
      seed: { nodes: [], kmsKeys: [{ alias: "alias/session", id }] },
    });
    const { AWS_ENDPOINT_URL: url = "", ...env } = lab.environment("alice");
    const lane = { HTTPS_PROXY: url, AWS_CA_BUNDLE: lab.emulator.caCertificatePath };
    const { stdout } = await run(python ?? "", ["-c", kmsScript], {
      env: { ...env, ...(way === "by its endpoint" ? { AWS_ENDPOINT_URL: url } : lane) },
    });
    const tooLong = "failed to satisfy constraint: Member must have length less than or equal to 4096";
    expect(JSON.parse(stdout)).toEqual({
      keyId: id,
      length: 64,
      isGivenBack: true,
      age: 0,
      aliases: ["alias/other", "alias/session"],
      refusals: [
        ["context", "InvalidCiphertextException", ""],
        [
          "key",
          "IncorrectKeyException",
          expect.stringMatching(/^The key ID in the request does not identify/),
        ],
        ["disabled", "DisabledException", expect.stringMatching(/^arn:aws:kms:.* is disabled\.$/)],
        ["alias", "NotFoundException", "Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found."],
        ["size", "ValidationException", `1 validation error detected: Value at 'plaintext' ${tooLong}`],
      ],
    });
  });
});

describeWithStockClient("the AWS CLI with a session document of one's own", () => {
  it("creates it, changes it, reads it and starts sessions with it", async () => {
    await using lab = await startTestEmulator();
    const env = lab.environment("test-user");
    const aws = async (...args: string[]): Promise<Record<string, unknown>> =>
      JSON.parse((await run("aws", ["ssm", ...args, "--output", "json"], { env })).stdout);
    const name = ["--name", "as-test-user"];
    const content = (user: string) => shellDocument({ runAsEnabled: true, runAsDefaultUser: user });
    async function expectUser(user: string): Promise<void> {
      await using terminal = awsStartSession(env, "--document-name", "as-test-user");
      await terminal.expectText("sh-5.2$ ");
      terminal.type("whoami\r");
      await terminal.expectText(`whoami\r\r\n\u001b[?2004l\r${user}\r\r\n`);
      await terminal.expectText("sh-5.2$ ");
      terminal.type("exit\r");
      expect(await terminal.exited).toBe(0);
    }

    const created = await aws(
      "create-document",
      ...name,
      "--document-type",
      "Session",
      "--content",
      content("test-user"),
    );
    expect(created).toMatchObject({ DocumentDescription: { Name: "as-test-user", DocumentVersion: "1" } });
    await expectUser("test-user");

    await aws(
      "update-document",
      ...name,
      "--document-version",
      "$LATEST",
      "--content",
      content("my-os-user"),
    );
    const latest = await aws("get-document", ...name, "--document-version", "$LATEST");
    expect(JSON.parse(String(latest.Content))).toMatchObject({ inputs: { runAsDefaultUser: "my-os-user" } });
    await expectUser("my-os-user");

    const again = ["--document-version", "$LATEST", "--content", content("my-os-user")];
    await expect(aws("update-document", ...name, ...again)).rejects.toThrow("(DuplicateDocumentContent)");
  });
});
