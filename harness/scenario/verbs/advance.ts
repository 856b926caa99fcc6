import { Duration, durationMs } from "../duration.ts";
import { defineVerb, Step } from "../verb.ts";

/** Lets time pass. */
export const verb = defineVerb({
  name: "advance",
  schema: Step("Lets time pass in the emulator, at once; all that is due by then happens", {
    advance: Duration("How much time, such as 20m"),
  }),
  run: (step, world) => world.emulator.advance(durationMs(step.advance)),
});
