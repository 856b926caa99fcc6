import { describe, expect, it } from "vitest";
import { describeInstanceProperties } from "../../../emulator/operations/ssm/describe-instance-properties.ts";
import { db1, fleetContext, hybrid1, web1 } from "../ec2/fleet.ts";

type Input = Parameters<typeof describeInstanceProperties.handle>[0];
type Output = { readonly InstanceProperties: { InstanceId: string }[] };

const list = (input: Input) =>
  (describeInstanceProperties.handle(input, fleetContext()) as Output).InstanceProperties;
const ids = (input: Input) => list(input).map(({ InstanceId }) => InstanceId);

describe("serialization", () => {
  it("adds what ec2 knows, the name from the Name tag", () => {
    expect(list({})[0]).toMatchObject({
      InstanceId: web1.nodeId,
      PingStatus: "Online",
      Name: "web-1",
      InstanceType: "t3.micro",
      InstanceState: "running",
      Architecture: "x86_64",
      LaunchTime: 1767225600,
    });
  });

  it("leaves the name of an ec2 node without that tag blank, and ec2's members out for hybrid nodes", () => {
    expect(list({})[1]).toMatchObject({ InstanceId: db1.nodeId, Name: "" });
    expect(list({})[2]).toMatchObject({ InstanceId: hybrid1.nodeId, Name: "hybrid-1" });
    expect(list({})[2]).not.toHaveProperty("InstanceState");
  });
});

describe("validation", () => {
  it.each<readonly [string, string, string]>([
    ["Colour", "red", "InvalidFilterKey"],
    ["InstanceIds", "i-0bbbbbbb", "InvalidInstanceId"],
    ["ResourceType", "Toaster", "InvalidInstancePropertyFilterValue"],
  ])("refuses the filter %s %s", (Key, value, code) => {
    expect(() => list({ FiltersWithOperator: [{ Key, Values: [value] }] })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe("behaviour", () => {
  type Operator = "Equal" | "NotEqual" | "BeginWith" | "LessThan" | "GreaterThan";
  it.each<readonly [string, Operator, string, readonly string[]]>([
    ["InstanceIds", "Equal", db1.nodeId, [db1.nodeId]],
    ["InstanceIds", "NotEqual", db1.nodeId, [web1.nodeId, hybrid1.nodeId]],
    ["InstanceIds", "BeginWith", "mi-", [hybrid1.nodeId]],
    ["AgentVersion", "LessThan", "3.3.131.0", [db1.nodeId]],
    ["AgentVersion", "GreaterThan", "3.3.40.0", [web1.nodeId, hybrid1.nodeId]],
    ["DocumentName", "Equal", "AWS-RunShellScript", []],
  ])("filters by %s %s %s", (Key, Operator, value, expected) => {
    expect(ids({ FiltersWithOperator: [{ Key, Values: [value], Operator }] })).toEqual(expected);
  });

  it("filters by the legacy list", () => {
    expect(
      ids({ InstancePropertyFilterList: [{ key: "PingStatus", valueSet: ["ConnectionLost"] }] }),
    ).toEqual([db1.nodeId]);
  });
});
