import { Type } from "typebox";
import { Name } from "../fields.ts";
import { StepFailure } from "../step-failure.ts";
import { defineVerb, Step } from "../verb.ts";

/** Ends a session from outside. */
export const verb = defineVerb({
  name: "terminate",
  schema: Step("Calls TerminateSession and waits for the session's end", {
    terminate: Name("a session", "The session"),
    as: Type.Optional(Name("a persona", "Who calls it; root when left out")),
  }),
  check(step, scope) {
    scope.session(["terminate"], step.terminate);
    if (step.as !== undefined) scope.persona(["as"], step.as);
  },
  async run(step, world) {
    const session = world.session(step.terminate);
    const { sessionId } = session;
    if (sessionId === undefined) {
      throw new StepFailure("The session was never started, so it cannot be ended.", { session });
    }
    await world.call("ssm:TerminateSession", { SessionId: sessionId }, step.as);
    await session.expectEnd();
  },
});
