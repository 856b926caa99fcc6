import { Name } from "../fields.ts";
import { defineVerb, Step } from "../verb.ts";

/** Comes back to a session. */
export const verb = defineVerb({
  name: "reconnect",
  schema: Step("Comes back after disconnect, through ResumeSession", {
    reconnect: Name("a session", "The session"),
  }),
  check: (step, scope) => scope.session(["reconnect"], step.reconnect),
  run: (step, world) => world.session(step.reconnect).reconnect(),
});
