import { describe, expect, it } from "vitest";
import { describeInstanceInformation } from "../../../emulator/operations/ssm/describe-instance-information.ts";
import { db1, fleetContext, hybrid1, manyNodes, web1 } from "../ec2/fleet.ts";

type Input = Parameters<typeof describeInstanceInformation.handle>[0];
type Output = { readonly InstanceInformationList: { InstanceId: string }[]; readonly NextToken?: string };

function list(input: Input, context = fleetContext()): Output {
  return describeInstanceInformation.handle(input, context) as Output;
}

const ids = (input: Input) => list(input).InstanceInformationList.map(({ InstanceId }) => InstanceId);

describe("serialization", () => {
  it("writes an ec2 node, its times in epoch seconds", () => {
    expect(list({}).InstanceInformationList[0]).toEqual({
      InstanceId: web1.nodeId,
      PingStatus: "Online",
      LastPingDateTime: 1767323040.5,
      AgentVersion: "3.3.131.0",
      IsLatestVersion: true,
      PlatformType: "Linux",
      PlatformName: "Amazon Linux",
      PlatformVersion: "2023",
      ResourceType: "EC2Instance",
      IPAddress: "10.0.0.5",
      ComputerName: "web-1.ec2.internal",
      SourceId: web1.nodeId,
      SourceType: "AWS::EC2::Instance",
    });
  });

  it("writes a hybrid node with its name and registration date", () => {
    expect(list({}).InstanceInformationList[2]).toMatchObject({
      InstanceId: hybrid1.nodeId,
      ResourceType: "ManagedInstance",
      SourceType: "AWS::SSM::ManagedInstance",
      Name: "hybrid-1",
      RegistrationDate: 1767225600,
    });
  });
});

describe("validation", () => {
  const online = { Key: "PingStatus", Values: ["Online"] };
  it.each<readonly [string, Input, string]>([
    ["an unknown filter", { Filters: [{ Key: "Colour", Values: ["red"] }] }, "InvalidFilterKey"],
    [
      "a filter of the other listing",
      { Filters: [{ Key: "DocumentName", Values: ["a"] }] },
      "InvalidFilterKey",
    ],
    ["an unknown id", { Filters: [{ Key: "InstanceIds", Values: ["i-0bbbbbbb"] }] }, "InvalidInstanceId"],
    [
      "an unknown id in the legacy list",
      { InstanceInformationFilterList: [{ key: "InstanceIds", valueSet: ["i-0bbbbbbb"] }] },
      "InvalidInstanceId",
    ],
    [
      "a value that is no ping status",
      { Filters: [{ Key: "PingStatus", Values: ["online"] }] },
      "InvalidInstanceInformationFilterValue",
    ],
    [
      "both lists together",
      { Filters: [online], InstanceInformationFilterList: [{ key: "PingStatus", valueSet: ["Online"] }] },
      "ValidationException",
    ],
    [
      "tag filters beside others",
      { Filters: [online, { Key: "tag:Role", Values: ["web"] }] },
      "ValidationException",
    ],
    ["a made-up token", { NextToken: "made-up" }, "InvalidNextToken"],
  ])("refuses %s", (_, input, code) => {
    expect(() => list(input)).toThrow(expect.objectContaining({ code }));
  });
});

describe("behaviour", () => {
  it.each<readonly [string, string, readonly string[]]>([
    ["InstanceIds", db1.nodeId, [db1.nodeId]],
    ["PingStatus", "ConnectionLost", [db1.nodeId]],
    ["PlatformType", "Linux", [web1.nodeId, db1.nodeId, hybrid1.nodeId]],
    ["PlatformTypes", "Windows", []],
    ["AgentVersion", "3.3.40.0", [db1.nodeId]],
    ["ResourceType", "ManagedInstance", [hybrid1.nodeId]],
    ["SourceTypes", "AWS::EC2::Instance", [web1.nodeId, db1.nodeId]],
    ["SourceIds", web1.nodeId, [web1.nodeId]],
    ["tag-key", "Role", [web1.nodeId]],
    ["tag:Role", "web", [web1.nodeId]],
    ["tag:Role", "db", []],
    ["ActivationIds", "00000000-0000-4000-8000-000000000000", []],
  ])("filters by %s %s", (Key, value, expected) => {
    expect(ids({ Filters: [{ Key, Values: [value] }] })).toEqual(expected);
  });

  it("filters by the legacy list", () => {
    const filter = { key: "PingStatus", valueSet: ["ConnectionLost", "Inactive"] } as const;
    expect(ids({ InstanceInformationFilterList: [{ ...filter, valueSet: [...filter.valueSet] }] })).toEqual([
      db1.nodeId,
    ]);
  });

  it("finds nodes by tags that ec2 set", () => {
    const context = fleetContext();
    context.state.resourceTags.put(db1.nodeId, [{ key: "Role", value: "db" }]);
    const found = list({ Filters: [{ Key: "tag:Role", Values: ["db"] }] }, context).InstanceInformationList;
    expect(found.map(({ InstanceId }) => InstanceId)).toEqual([db1.nodeId]);
  });

  it("gives ten nodes a page when not told otherwise", () => {
    const context = fleetContext(manyNodes(12));
    const first = list({}, context);
    expect(first.InstanceInformationList).toHaveLength(10);
    const second = list({ NextToken: first.NextToken ?? "" }, context);
    expect(second.InstanceInformationList).toHaveLength(2);
    expect(second).not.toHaveProperty("NextToken");
  });
});
