import { Type } from "typebox";
import { checkTagTarget, TagTarget, tagRequest } from "../tag-target.ts";
import { defineVerb, Step } from "../verb.ts";

/** Takes tags away. */
export const verb = defineVerb({
  name: "untag",
  schema: Step("Takes tags of an IAM user or role away", {
    untag: TagTarget("user/NAME or role/NAME"),
    keys: Type.Array(Type.String(), {
      minItems: 1,
      title: "a list of tag keys",
      description: "The tags' keys",
    }),
  }),
  check: (step, scope) => checkTagTarget(scope, "untag", step.untag),
  async run(step, world) {
    const { operation, input } = tagRequest("Untag", step.untag);
    await world.call(operation, { ...input, TagKeys: step.keys });
  },
});
