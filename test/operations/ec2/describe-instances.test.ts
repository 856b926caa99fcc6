import { describe, expect, it } from "vitest";
import { createTags } from "../../../emulator/operations/ec2/create-tags.ts";
import { describeInstances } from "../../../emulator/operations/ec2/describe-instances.ts";
import { db1, fleetContext, hybrid1, manyNodes, web1 } from "./fleet.ts";

type Input = Parameters<typeof describeInstances.handle>[0];
type Output = {
  readonly reservationSet: readonly { readonly instancesSet: readonly { readonly instanceId: string }[] }[];
  readonly nextToken?: string;
};

function list(input: Input, context = fleetContext()): Output {
  return describeInstances.handle(input, context) as Output;
}

function ids(input: Input, context = fleetContext()): readonly string[] {
  return list(input, context).reservationSet.flatMap(({ instancesSet }) =>
    instancesSet.map(({ instanceId }) => instanceId),
  );
}

describe("serialization", () => {
  it("writes an instance under the names of the wire", () => {
    const [reservation] = list({ InstanceId: [web1.nodeId] }).reservationSet;
    expect(reservation).toMatchObject({
      reservationId: expect.stringMatching(/^r-[0-9a-f]{17}$/),
      ownerId: "000000000000",
      groupSet: [],
      instancesSet: [
        {
          instanceId: web1.nodeId,
          instanceState: { code: 16, name: "running" },
          tagSet: [
            { key: "Name", value: "web-1" },
            { key: "Role", value: "web" },
          ],
          privateIpAddress: "10.0.0.5",
          privateDnsName: "ip-10-0-0-5.ec2.internal",
          dnsName: "",
          placement: { availabilityZone: "us-east-1a" },
          vpcId: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
          instanceType: "t3.micro",
          launchTime: "2026-01-01T00:00:00.000Z",
          iamInstanceProfile: {
            arn: "arn:aws:iam::000000000000:instance-profile/AmazonSSMRoleForInstancesQuickSetup",
            id: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
          },
        },
      ],
    });
    expect(reservation?.instancesSet[0]).not.toHaveProperty("ipAddress");
  });

  it("writes an empty tagSet for an instance without tags, and the public address of one that has it", () => {
    expect(list({ InstanceId: [db1.nodeId] }).reservationSet[0]?.instancesSet[0]).toMatchObject({
      tagSet: [],
      ipAddress: "203.0.113.9",
      dnsName: "ec2-203-0-113-9.compute-1.amazonaws.com",
    });
  });
});

describe("validation", () => {
  const codeAndMessage = (code: string, message: string) => expect.objectContaining({ code, message });
  it.each<readonly [string, Input, string, string]>([
    [
      "one unknown id",
      { InstanceId: [web1.nodeId, "i-0bbbbbbb"] },
      "InvalidInstanceID.NotFound",
      "The instance ID 'i-0bbbbbbb' does not exist",
    ],
    [
      "two unknown ids",
      { InstanceId: ["i-0bbbbbbb", "i-0ccccccc"] },
      "InvalidInstanceID.NotFound",
      "The instance IDs 'i-0bbbbbbb, i-0ccccccc' do not exist",
    ],
    ["an id of no form", { InstanceId: ["web-1"] }, "InvalidInstanceID.Malformed", 'Invalid id: "web-1"'],
    [
      "a hybrid node's id",
      { InstanceId: [hybrid1.nodeId] },
      "InvalidInstanceID.Malformed",
      `Invalid id: "${hybrid1.nodeId}"`,
    ],
    [
      "ids and a page size together",
      { InstanceId: [web1.nodeId], MaxResults: 5 },
      "InvalidParameterCombination",
      "The parameter instancesSet cannot be used with the parameter maxResults",
    ],
    [
      "a page too small",
      { MaxResults: 4 },
      "InvalidParameterValue",
      "Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
    ],
    [
      "an unknown filter",
      { Filter: [{ Name: "colour", Value: ["red"] }] },
      "InvalidParameterValue",
      "The filter 'colour' is invalid",
    ],
    [
      "more than 200 filter values",
      { Filter: [{ Name: "instance-id", Value: Array.from({ length: 201 }, String) }] },
      "FilterLimitExceeded",
      "The maximum number of filter values specified on a single call is 200",
    ],
    [
      "a made-up token",
      { NextToken: "made-up" },
      "InvalidParameterValue",
      "Unable to parse pagination token",
    ],
    [
      "a dry run",
      { DryRun: true },
      "DryRunOperation",
      "Request would have succeeded, but DryRun flag is set.",
    ],
  ])("refuses %s", (_, input, code, message) => {
    expect(() => list(input)).toThrow(codeAndMessage(code, message));
  });
});

describe("behaviour", () => {
  it("lists ec2 nodes and leaves hybrid nodes out", () => {
    expect(ids({})).toEqual([web1.nodeId, db1.nodeId]);
  });

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ["instance-state-name", ["running"], [web1.nodeId, db1.nodeId]],
    ["instance-state-name", ["stopped", "pending"], []],
    ["instance-id", [db1.nodeId], [db1.nodeId]],
    ["tag:Name", ["web-1"], [web1.nodeId]],
    ["tag:Name", ["web-*"], [web1.nodeId]],
    ["tag:Name", ["web-?"], [web1.nodeId]],
    ["tag:Name", ["web-\\?"], []],
    ["tag:Name", ["web"], []],
    ["tag:Name", ["WEB-1"], []],
    ["tag-key", ["Role", "Other"], [web1.nodeId]],
    ["private-ip-address", ["10.0.0.6"], [db1.nodeId]],
    ["private-ip-address", ["10x0.0.6"], []],
    ["ip-address", ["203.0.113.9"], [db1.nodeId]],
    ["private-dns-name", ["ip-10-0-0-5.ec2.internal"], [web1.nodeId]],
    ["dns-name", ["ec2-203-*"], [db1.nodeId]],
  ])("filters by %s %j", (Name, values, expected) => {
    expect(ids({ Filter: [{ Name, Value: [...values] }] })).toEqual(expected);
  });

  it("wants every filter passed", () => {
    const running = { Name: "instance-state-name", Value: ["running"] };
    expect(ids({ Filter: [running, { Name: "tag:Role", Value: ["web"] }] })).toEqual([web1.nodeId]);
    expect(ids({ Filter: [running, { Name: "tag:Role", Value: ["db"] }] })).toEqual([]);
  });

  it("filters by the tags of now", () => {
    const context = fleetContext();
    createTags.handle({ ResourceId: [db1.nodeId], Tag: [{ Key: "Role", Value: "db" }] }, context);
    expect(ids({ Filter: [{ Name: "tag:Role", Value: ["db"] }] }, context)).toEqual([db1.nodeId]);
  });

  it("walks pages, the last of which has no token", () => {
    const context = fleetContext(manyNodes(7));
    const first = list({ MaxResults: 5 }, context);
    expect(first.reservationSet).toHaveLength(5);
    const second = list({ MaxResults: 5, NextToken: first.nextToken ?? "" }, context);
    expect(second.reservationSet).toHaveLength(2);
    expect(second).not.toHaveProperty("nextToken");
  });
});
