import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import type { Operations } from "../../emulator/http/load-operations.ts";
import { routeRequest } from "../../emulator/http/route-request.ts";
import { operation, type ServiceName } from "../../emulator/operations/operation.ts";

const operations: Operations = new Map(
  [
    "ssm.StartSession",
    "logs.DescribeLogGroups",
    "iam.GetUser",
    "sts.GetCallerIdentity",
    "ec2.DescribeInstances",
    "kms.Decrypt",
  ].map((key) => {
    const [service, name = ""] = key.split(".");
    return [
      key,
      operation({ service: service as ServiceName, name, input: Type.Object({}), handle: () => ({}) }),
    ];
  }),
);

interface Request {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function route({ method = "POST", url = "/", headers = {}, body = "" }: Request) {
  const found = routeRequest({ method, url, headers, body: Buffer.from(body) }, operations);
  switch (found.type) {
    case "unroutable":
      return "unroutable";
    case "operation":
      return `${found.family} ${found.operation.service}.${found.operation.name}`;
    case "refused":
      return `${found.reader.family} ${found.reader.service} ${found.exception.code}: ${found.exception.message}`;
  }
}

function json(target: string, headers: Readonly<Record<string, string>> = {}): Request {
  return { headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target, ...headers } };
}

function form(body: string, service?: string): Request {
  const scope = service === undefined ? {} : signed(service);
  return { headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8", ...scope }, body };
}

function signed(service: string) {
  const credential = `test/20260102/us-east-1/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` };
}

describe("requests in scope", () => {
  it.each<[string, Request, string]>([
    ["a target", json("AmazonSSM.StartSession"), "json ssm.StartSession"],
    ["a target of kms", json("TrentService.Decrypt"), "json kms.Decrypt"],
    [
      "a target over the scope",
      json("Logs_20140328.DescribeLogGroups", signed("ssm")),
      "json logs.DescribeLogGroups",
    ],
    ["the scope", form("Action=GetUser&Version=2010-05-08", "iam"), "query iam.GetUser"],
    ["the scope without a version", form("Action=GetUser", "iam"), "query iam.GetUser"],
    [
      "the version of an unsigned form",
      form("Action=GetCallerIdentity&Version=2011-06-15"),
      "query sts.GetCallerIdentity",
    ],
    [
      "an old version of ec2",
      form("Action=DescribeInstances&Version=2014-10-01", "ec2"),
      "ec2 ec2.DescribeInstances",
    ],
    [
      "a presigned URL",
      {
        method: "GET",
        url: "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=test%2F20260102%2Fus-east-1%2Fsts%2Faws4_request",
      },
      "query sts.GetCallerIdentity",
    ],
  ])("are found by %s", (_by, request, expected) => {
    expect(route(request)).toBe(expected);
  });
});

describe("requests out of scope", () => {
  it.each<[string, Request, string]>([
    [
      "operation",
      json("AmazonSSM.SendCommand"),
      "json ssm UnknownOperationException: AmazonSSM.SendCommand is not emulated by ssm-emulator.",
    ],
    [
      "target of no service",
      json("constructor.x"),
      "json undefined UnknownOperationException: constructor.x is not emulated by ssm-emulator.",
    ],
    [
      "JSON service",
      json("AWSEC2InstanceConnectService.SendSSHPublicKey"),
      "json ec2-instance-connect UnknownOperationException: The service ec2-instance-connect is not emulated by ssm-emulator.",
    ],
    ["service without its target", { headers: signed("ssm") }, "json ssm UnknownOperationException: "],
    [
      "action",
      form("Action=CreateGroup&Version=2010-05-08", "iam"),
      "query iam InvalidAction: Could not find operation CreateGroup for version 2010-05-08",
    ],
    [
      "version",
      form("Action=GetUser&Version=2009-01-01", "iam"),
      "query iam InvalidAction: Could not find operation GetUser for version 2009-01-01",
    ],
    [
      "ec2 action",
      form("Action=RunInstances&Version=2016-11-15", "ec2"),
      "ec2 ec2 InvalidAction: The action RunInstances is not valid for this web service.",
    ],
    [
      "form without an action",
      form("", "iam"),
      "query iam MissingAction: The request must contain the parameter Action.",
    ],
    [
      "Query service",
      form("Action=ListQueues&Version=2012-11-05", "sqs"),
      "query sqs InvalidAction: The service sqs is not emulated by ssm-emulator.",
    ],
    [
      "path",
      { method: "GET", url: "/bucket/key" },
      "s3 s3 NotImplemented: The service s3 is not emulated by ssm-emulator.",
    ],
    [
      "bucket list",
      { method: "GET", headers: signed("s3") },
      "s3 s3 NotImplemented: The service s3 is not emulated by ssm-emulator.",
    ],
    ["bare GET", { method: "GET" }, "unroutable"],
    ["target in a GET", { ...json("AmazonSSM.StartSession"), method: "GET" }, "unroutable"],
    [
      "content type for a target",
      json("AmazonSSM.StartSession", { "content-type": "text/plain" }),
      "unroutable",
    ],
  ])("are answered as AWS does: %s", (_what, request, expected) => {
    expect(route(request)).toBe(expected);
  });
});
