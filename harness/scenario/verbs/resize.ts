import { In, Size, sizeOf } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Gives the terminal another size. */
export const verb = defineVerb({
  name: "resize",
  schema: Step("Gives the terminal another size", {
    resize: Size("Columns and rows, such as 132x43"),
    in: In,
  }),
  check: (step, scope) => scope.session(["in"], step.in),
  async run(step, world) {
    const session = world.session(step.in);
    const size = sizeOf(step.resize);
    session.resize(size);
    world.recordingOf(session)?.resize(size);
  },
});
