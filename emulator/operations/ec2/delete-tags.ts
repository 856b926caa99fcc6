import { type Static, Type } from "typebox";
import type { Tag } from "../../access/principal.ts";
import { nodeTags } from "../node-tags.ts";
import { operation } from "../operation.ts";
import { ec2Exceptions } from "./shared/exceptions.ts";
import { taggedInstances } from "./shared/instances.ts";

const TagList = Type.Array(
  Type.Object({ Key: Type.Optional(Type.String()), Value: Type.Optional(Type.String()) }),
);

/**
 * A key without a value deletes whatever the value is, one with a value (also an empty one) only that value, and
 * no list at all deletes every tag but AWS's own. A tag that is not there is no error.
 * @see Amazon EC2 API reference, DeleteTags
 */
export const deleteTags = operation({
  service: "ec2",
  name: "DeleteTags",
  input: Type.Object({
    ResourceId: Type.Optional(Type.Array(Type.String())),
    Tag: Type.Optional(TagList),
    DryRun: Type.Optional(Type.Boolean()),
  }),
  handle(input, context) {
    const { state } = context;
    const nodes = taggedInstances(input.ResourceId, context);
    const isDeleted = deletion(input.Tag);
    if (input.DryRun) throw ec2Exceptions.dryRun();
    for (const node of nodes) {
      const kept = nodeTags(state, node).filter((tag) => !isDeleted(tag));
      state.resourceTags.put(node.nodeId, kept);
    }
    return { return: true };
  },
});

function deletion(given: Static<typeof TagList> | undefined): (tag: Tag) => boolean {
  if (given === undefined || given.length === 0) return (tag) => !tag.key.startsWith("aws:");
  if (given.some(({ Key }) => Key?.startsWith("aws:"))) throw ec2Exceptions.tagKeyReserved();
  return (tag) => given.some(({ Key, Value }) => Key === tag.key && (Value ?? tag.value) === tag.value);
}
