import { Type } from "typebox";
import { expectText } from "../expectations.ts";
import { In } from "../fields.ts";
import { StepFailure } from "../step-failure.ts";
import { TextPattern } from "../text-pattern.ts";
import { defineVerb, Step } from "../verb.ts";

/** Runs a command in a session's shell. */
export const verb = defineVerb({
  name: "run",
  schema: Step("Types a command at the prompt and waits for the next prompt", {
    run: Type.String({
      pattern: "^[^\\r\\n]+$",
      title: "a command in one line",
      description: "The command, in one line",
    }),
    in: In,
    output: Type.Optional(TextPattern("What the command is expected to print")),
    exitCode: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 255, description: "The exit code it is expected to end with" }),
    ),
  }),
  check: (step, scope) => scope.session(["in"], step.in),
  async run({ run: command, in: name, output, exitCode }, world) {
    const session = world.session(name);
    const result = await session.run(command, { exitCode: exitCode !== undefined });
    if (output !== undefined) expectText(`The output of \`${command}\``, output, result.output, session);
    if (result.exitCode === exitCode) return;
    throw new StepFailure(`The exit code of \`${command}\` is not as expected.`, {
      difference: { expected: `exit code ${exitCode}`, actual: `exit code ${result.exitCode}` },
      session,
    });
  },
});
