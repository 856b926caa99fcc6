import { Tags } from "../fields.ts";
import { checkTagTarget, TagTarget, tagRequest } from "../tag-target.ts";
import { defineVerb, Step } from "../verb.ts";

/** Sets tags. */
export const verb = defineVerb({
  name: "tag",
  schema: Step("Sets tags of an IAM user or role", {
    tag: TagTarget("user/NAME or role/NAME"),
    with: Tags("The tags, key: value"),
  }),
  check: (step, scope) => checkTagTarget(scope, "tag", step.tag),
  async run(step, world) {
    const { operation, input } = tagRequest("Tag", step.tag);
    const tags = Object.entries(step.with).map(([Key, Value]) => ({ Key, Value }));
    await world.call(operation, { ...input, Tags: tags });
  },
});
