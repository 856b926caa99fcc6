import { Type } from "typebox";
import { operation } from "../operation.ts";
import { ec2Exceptions } from "./shared/exceptions.ts";
import { applyFilters, type FilterByName, Filters } from "./shared/filters.ts";

interface RegionItem {
  readonly regionName: string;
  readonly regionEndpoint: string;
  readonly optInStatus: "opt-in-not-required" | "not-opted-in";
}

/** Regions every account has. @see AWS account management guide, "Enable or disable AWS Regions in your account" */
const standardRegions = [
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

/** Regions an account has to switch on. */
const optInRegions = [
  "af-south-1",
  "ap-east-1",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-7",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
];

/** Lists the regions of AWS; the emulated account answers in all of them alike. */
export const describeRegions = operation({
  service: "ec2",
  name: "DescribeRegions",
  input: Type.Object({
    RegionName: Type.Optional(Type.Array(Type.String())),
    AllRegions: Type.Optional(Type.Boolean()),
    Filter: Type.Optional(Filters),
    DryRun: Type.Optional(Type.Boolean()),
  }),
  handle(input) {
    const { RegionName: names = [] } = input;
    const all = [
      ...standardRegions.map((name) => regionItem(name, "opt-in-not-required")),
      ...optInRegions.map((name) => regionItem(name, "not-opted-in")),
    ];
    const unknown = names.find((name) => all.every(({ regionName }) => regionName !== name));
    if (unknown !== undefined) throw ec2Exceptions.regionInvalid(unknown);
    const listed = all.filter(({ regionName, optInStatus }) =>
      names.length > 0
        ? names.includes(regionName)
        : input.AllRegions || optInStatus === "opt-in-not-required",
    );
    const regionInfo = applyFilters(listed, input.Filter, filterByName);
    if (input.DryRun) throw ec2Exceptions.dryRun();
    return { regionInfo };
  },
});

function regionItem(regionName: string, optInStatus: RegionItem["optInStatus"]): RegionItem {
  return { regionName, regionEndpoint: `ec2.${regionName}.amazonaws.com`, optInStatus };
}

const filterByName: FilterByName<RegionItem> = (name) => filters.get(name);

const filters: ReadonlyMap<string, (region: RegionItem) => readonly string[]> = new Map([
  ["endpoint", (region) => [region.regionEndpoint]],
  ["opt-in-status", (region) => [region.optInStatus]],
  ["region-name", (region) => [region.regionName]],
]);
