import { Type } from "typebox";
import { nodeTags } from "../node-tags.ts";
import { operation } from "../operation.ts";
import { ec2Exceptions } from "./shared/exceptions.ts";
import { applyFilters, type FilterByName, Filters } from "./shared/filters.ts";
import { instances } from "./shared/instances.ts";
import { ec2Page, pagingMembers } from "./shared/paging.ts";

interface TagItem {
  readonly resourceId: string;
  readonly resourceType: "instance";
  readonly key: string;
  readonly value: string;
}

export const describeTags = operation({
  service: "ec2",
  name: "DescribeTags",
  input: Type.Object({
    Filter: Type.Optional(Filters),
    DryRun: Type.Optional(Type.Boolean()),
    ...pagingMembers,
  }),
  handle(input, context) {
    const tags = instances(context).flatMap((node) =>
      nodeTags(context.state, node).map(
        ({ key, value }): TagItem => ({ resourceId: node.nodeId, resourceType: "instance", key, value }),
      ),
    );
    const matching = applyFilters(tags, input.Filter, filterByName);
    const { page, nextToken } = ec2Page(matching, input, ["DescribeTags", input.Filter]);
    if (input.DryRun) throw ec2Exceptions.dryRun();
    return { tagSet: page, ...(nextToken && { nextToken }) };
  },
});

const filters: ReadonlyMap<string, (tag: TagItem) => readonly string[]> = new Map([
  ["key", (tag) => [tag.key]],
  ["resource-id", (tag) => [tag.resourceId]],
  ["resource-type", (tag) => [tag.resourceType]],
  ["value", (tag) => [tag.value]],
]);

const filterByName: FilterByName<TagItem> = (name) => {
  if (!name.startsWith("tag:")) return filters.get(name);
  const key = name.slice("tag:".length);
  return (tag) => (tag.key === key ? [tag.value] : []);
};
