import { Name } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Takes a fault away. */
export const verb = defineVerb({
  name: "removeFault",
  schema: Step("Takes a fault away", {
    removeFault: Name("a fault", "Its name; type and stream when it was given none, as latency_downstream"),
  }),
  check: (step, scope) => scope.fault(["removeFault"], step.removeFault),
  run: (step, world) => world.emulator.removeFault(step.removeFault),
});
