import { describe, expect, it } from "vitest";
import { describeRegions } from "../../../emulator/operations/ec2/describe-regions.ts";
import { operationContext } from "../../helpers/operation-context.ts";

const list = (input: Parameters<typeof describeRegions.handle>[0]) =>
  (describeRegions.handle(input, operationContext()) as { regionInfo: { regionName: string }[] }).regionInfo;

describe("DescribeRegions", () => {
  it("tells name, endpoint and opt-in status", () => {
    expect(list({ RegionName: ["eu-west-1"] })).toEqual([
      {
        regionName: "eu-west-1",
        regionEndpoint: "ec2.eu-west-1.amazonaws.com",
        optInStatus: "opt-in-not-required",
      },
    ]);
  });

  it("lists regions that are not opted in only when all are asked for", () => {
    const names = (AllRegions: boolean) => list({ AllRegions }).map(({ regionName }) => regionName);
    expect(names(false)).toContain("us-east-1");
    expect(names(false)).not.toContain("af-south-1");
    expect(names(true)).toEqual(expect.arrayContaining(["us-east-1", "af-south-1"]));
  });

  it("filters by name", () => {
    expect(list({ Filter: [{ Name: "region-name", Value: ["us-west-*"] }] })).toHaveLength(2);
  });

  it("refuses an unknown region", () => {
    expect(() => list({ RegionName: ["mars-1"] })).toThrow("Invalid region provided: mars-1");
  });
});
