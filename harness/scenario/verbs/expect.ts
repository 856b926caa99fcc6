import { Type } from "typebox";
import { Duration, durationMs } from "../duration.ts";
import { patienceMs } from "../eventually.ts";
import { In } from "../fields.ts";
import { TextPattern, toPattern } from "../text-pattern.ts";
import { defineVerb, Step } from "../verb.ts";

/** Watches the terminal. */
export const verb = defineVerb({
  name: "expect",
  schema: Step("Waits until the terminal shows the text, behind what earlier steps have found", {
    expect: TextPattern("The text; what was typed is echoed, and found like any other text"),
    in: In,
    within: Type.Optional(Duration("How long to wait; 5s when left out")),
  }),
  check: (step, scope) => scope.session(["in"], step.in),
  async run({ expect, in: session, within }, world) {
    const timeoutMs = within === undefined ? patienceMs : durationMs(within);
    await world.session(session).expectText(toPattern(expect), { timeoutMs });
  },
  waitsMs: ({ within }) => (within === undefined ? 0 : durationMs(within)),
});
