import { Type } from "typebox";
import { In } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Types a line. */
export const verb = defineVerb({
  name: "type",
  schema: Step("Types the text and presses Enter", {
    type: Type.String({ description: "The text" }),
    in: In,
  }),
  check: (step, scope) => scope.session(["in"], step.in),
  run: (step, world) => world.session(step.in).type(`${step.type}\n`),
});
