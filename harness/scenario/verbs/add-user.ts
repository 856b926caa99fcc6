import { On, OsUser } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Makes an OS user. */
export const verb = defineVerb({
  name: "addUser",
  schema: Step("Makes an OS user on a node", {
    addUser: OsUser("The OS user: a name, or a mapping as in the seed"),
    on: On,
  }),
  check: (step, scope) => scope.node(["on"], step.on),
  run: ({ addUser: user, on }, world) =>
    world.emulator.addOsUser(world.node(on), typeof user === "string" ? { name: user } : user),
});
