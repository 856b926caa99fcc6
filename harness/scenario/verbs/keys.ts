import { Type } from "typebox";
import { In } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Presses keys. */
export const verb = defineVerb({
  name: "keys",
  schema: Step("Types the text as it is, without Enter", {
    keys: Type.String({ description: 'The text; control keys in double quotes, such as "\\x04" for Ctrl-D' }),
    in: In,
  }),
  check: (step, scope) => scope.session(["in"], step.in),
  run: (step, world) => world.session(step.in).type(step.keys),
});
