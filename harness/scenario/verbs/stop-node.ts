import { Name } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Takes a node away. */
export const verb = defineVerb({
  name: "stopNode",
  schema: Step("Stops a node: its sessions end, and it takes no others", {
    stopNode: Name("a node", "The node"),
  }),
  check: (step, scope) => scope.node(["stopNode"], step.stopNode),
  run: (step, world) => world.emulator.stopNode(step.stopNode),
});
