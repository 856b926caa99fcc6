import { Name, On } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Removes an OS user. */
export const verb = defineVerb({
  name: "removeUser",
  schema: Step("Removes an OS user of a node", { removeUser: Name("an OS user", "The OS user"), on: On }),
  check: (step, scope) => scope.node(["on"], step.on),
  run: (step, world) => world.emulator.removeOsUser(world.node(step.on), step.removeUser),
});
