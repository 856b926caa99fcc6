import { Type } from "typebox";
import { operation } from "../operation.ts";
import { ec2Exceptions } from "./shared/exceptions.ts";
import { applyFilters, type FilterByName, Filters } from "./shared/filters.ts";
import { type InstanceItem, instanceItem, madeUpId } from "./shared/instance-item.ts";
import { instances, instancesById } from "./shared/instances.ts";
import { ec2Page, pagingMembers } from "./shared/paging.ts";

export const describeInstances = operation({
  service: "ec2",
  name: "DescribeInstances",
  input: Type.Object({
    InstanceId: Type.Optional(Type.Array(Type.String())),
    Filter: Type.Optional(Filters),
    DryRun: Type.Optional(Type.Boolean()),
    ...pagingMembers,
  }),
  handle(input, context) {
    const { InstanceId: ids = [], Filter: filters } = input;
    if (ids.length > 0 && input.MaxResults !== undefined) throw ec2Exceptions.maxResultsWithIds();
    const nodes = ids.length > 0 ? instancesById(ids, context) : instances(context);
    const items = nodes.map((node) => instanceItem(node, context));
    const matching = applyFilters(items, filters, filterByName);
    const { page, nextToken } = ec2Page(matching, input, ["DescribeInstances", ids, filters]);
    if (input.DryRun) throw ec2Exceptions.dryRun();
    return {
      reservationSet: page.map((item) => ({
        reservationId: madeUpId("r", item.instanceId),
        ownerId: context.accountId,
        groupSet: [],
        instancesSet: [item],
      })),
      ...(nextToken && { nextToken }),
    };
  },
});

const filters: ReadonlyMap<string, (item: InstanceItem) => readonly string[]> = new Map([
  ["architecture", (item) => [item.architecture]],
  ["availability-zone", (item) => [item.placement.availabilityZone]],
  ["dns-name", (item) => [item.dnsName]],
  ["iam-instance-profile.arn", (item) => [item.iamInstanceProfile.arn]],
  ["image-id", (item) => [item.imageId]],
  ["instance-id", (item) => [item.instanceId]],
  ["instance-state-code", (item) => [String(item.instanceState.code)]],
  ["instance-state-name", (item) => [item.instanceState.name]],
  ["instance-type", (item) => [item.instanceType]],
  ["ip-address", (item) => (item.ipAddress === undefined ? [] : [item.ipAddress])],
  ["private-dns-name", (item) => [item.privateDnsName]],
  ["private-ip-address", (item) => [item.privateIpAddress]],
  ["subnet-id", (item) => [item.subnetId]],
  ["tag-key", (item) => item.tagSet.map(({ key }) => key)],
  ["vpc-id", (item) => [item.vpcId]],
]);

const filterByName: FilterByName<InstanceItem> = (name) => {
  if (!name.startsWith("tag:")) return filters.get(name);
  const key = name.slice("tag:".length);
  return (item) => item.tagSet.filter((tag) => tag.key === key).map(({ value }) => value);
};
