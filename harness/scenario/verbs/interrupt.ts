import { Name } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Presses Ctrl-C. */
export const verb = defineVerb({
  name: "interrupt",
  schema: Step("Presses Ctrl-C", { interrupt: Name("a session", "The session") }),
  check: (step, scope) => scope.session(["interrupt"], step.interrupt),
  run: (step, world) => world.session(step.interrupt).interrupt(),
});
