import { describe, expect, it } from "vitest";
import { parseAwsHost } from "../../emulator/http/aws-hosts.ts";

describe("parseAwsHost", () => {
  it.each([
    ["ssm.us-east-1.amazonaws.com", { service: "ssm", region: "us-east-1" }],
    ["SSMMESSAGES.eu-central-1.AmazonAWS.com", { service: "ssmmessages", region: "eu-central-1" }],
    ["ec2messages.us-gov-west-1.amazonaws.com", { service: "ec2messages", region: "us-gov-west-1" }],
    ["kms.cn-north-1.amazonaws.com.cn", { service: "kms", region: "cn-north-1" }],
    ["iam.amazonaws.com", { service: "iam", region: undefined }],
    ["sts.amazonaws.com", { service: "sts", region: undefined }],
    ["my.bucket.s3.us-east-1.amazonaws.com", { service: "s3", region: "us-east-1" }],
  ])("reads %s", (host, expected) => {
    expect(parseAwsHost(host)).toEqual(expected);
  });

  it.each([
    "example.com",
    "dynamodb.us-east-1.amazonaws.com",
    "evil-ssm.us-east-1.amazonaws.com",
    "x.ssm.us-east-1.amazonaws.com",
    "ssm.us-east-1.amazonaws.com.example.com",
    "ssm.us-east-1.amazonaws.com:443",
    "ssm.us-east-1xamazonaws.com",
    "amazonaws.com",
    `${"a.".repeat(200)}s3.us-east-1.amazonaws.com`,
    "",
  ])("does not take %s for one in scope", (host) => {
    expect(parseAwsHost(host)).toBeUndefined();
  });
});
