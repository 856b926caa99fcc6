import { eventually } from "../eventually.ts";
import { Name } from "../fields.ts";
import { StepFailure } from "../step-failure.ts";
import { defineVerb, Step } from "../verb.ts";

/** Loses a session's connection. */
export const verb = defineVerb({
  name: "disconnect",
  schema: Step("Loses the connection, as a broken network does; the session goes on", {
    disconnect: Name("a session", "The session"),
  }),
  check: (step, scope) => scope.session(["disconnect"], step.disconnect),
  async run(step, world) {
    const session = world.session(step.disconnect);
    session.disconnect();
    await eventually(async () => {
      const { status } = (await world.emulator.session(session.sessionId ?? "")) ?? {};
      if (status === "Connected") throw new StepFailure("The session is still connected.", { session });
    });
  },
});
