import { Name } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Brings a node back. */
export const verb = defineVerb({
  name: "startNode",
  schema: Step("Starts a node that was stopped", { startNode: Name("a node", "The node") }),
  check: (step, scope) => scope.node(["startNode"], step.startNode),
  run: (step, world) => world.emulator.startNode(step.startNode),
});
