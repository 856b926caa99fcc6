import { Name } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Leaves the shell. */
export const verb = defineVerb({
  name: "exit",
  schema: Step("Types exit and waits for the session's end", { exit: Name("a session", "The session") }),
  check: (step, scope) => scope.session(["exit"], step.exit),
  async run(step, world) {
    await world.session(step.exit).exit();
  },
});
