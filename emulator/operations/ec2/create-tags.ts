import { type Static, Type } from "typebox";
import type { Tag } from "../../access/principal.ts";
import { nodeTags } from "../node-tags.ts";
import { operation } from "../operation.ts";
import { ec2Exceptions } from "./shared/exceptions.ts";
import { taggedInstances } from "./shared/instances.ts";

/** Limits of tags. @see Amazon EC2 user guide, "Tag your Amazon EC2 resources", "Tag restrictions" */
const maxKeyLength = 128;
const maxValueLength = 256;
const maxTags = 50;

const TagList = Type.Array(
  Type.Object({ Key: Type.Optional(Type.String()), Value: Type.Optional(Type.String()) }),
);

/** All resources get all tags, or, after an error, none. */
export const createTags = operation({
  service: "ec2",
  name: "CreateTags",
  input: Type.Object({
    ResourceId: Type.Optional(Type.Array(Type.String())),
    Tag: Type.Optional(TagList),
    DryRun: Type.Optional(Type.Boolean()),
  }),
  handle(input, context) {
    const { state } = context;
    const added = checkedTags(input.Tag);
    const changes = taggedInstances(input.ResourceId, context).map((node) => ({
      nodeId: node.nodeId,
      tags: overlay(nodeTags(state, node), added),
    }));
    if (changes.some(({ tags }) => userTags(tags).length > maxTags)) throw ec2Exceptions.tooManyTags();
    if (input.DryRun) throw ec2Exceptions.dryRun();
    for (const { nodeId, tags } of changes) state.resourceTags.put(nodeId, tags);
    return { return: true };
  },
});

function checkedTags(given: Static<typeof TagList> | undefined): readonly Tag[] {
  if (given === undefined || given.length === 0) throw ec2Exceptions.parameterMissing("tagSet");
  const seen = new Set<string>();
  return given.map(({ Key: key, Value: value = "" }) => {
    if (!key) throw ec2Exceptions.parameterMissing("key");
    if (key.startsWith("aws:")) throw ec2Exceptions.tagKeyReserved();
    if (key.length > maxKeyLength) throw ec2Exceptions.tagKeyTooLong(maxKeyLength);
    if (value.length > maxValueLength) throw ec2Exceptions.tagValueTooLong(maxValueLength);
    if (seen.has(key)) throw ec2Exceptions.duplicateTagKey(key);
    seen.add(key);
    return { key, value };
  });
}

/** A tag that was there keeps its place. */
function overlay(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  return [...new Map([...present, ...added].map((tag) => [tag.key, tag])).values()];
}

/** AWS's own tags do not count towards the limit. */
function userTags(tags: readonly Tag[]): readonly Tag[] {
  return tags.filter(({ key }) => !key.startsWith("aws:"));
}
