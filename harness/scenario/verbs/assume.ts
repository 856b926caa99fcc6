import { Type } from "typebox";
import { asAwsError } from "../aws-call.ts";
import { expectText } from "../expectations.ts";
import { Name, Tags } from "../fields.ts";
import { StepFailure } from "../step-failure.ts";
import { showPattern, TextPattern } from "../text-pattern.ts";
import { defineVerb, Step } from "../verb.ts";

/** Takes a role. */
export const verb = defineVerb({
  name: "assume",
  schema: Step("Assumes a role, which makes a new persona", {
    assume: Name("a role", "The role"),
    as: Name("a persona", "Who assumes it"),
    sessionTags: Type.Optional(Tags("Session tags")),
    transitive: Type.Optional(
      Type.Array(Type.String(), {
        title: "a list of tag keys",
        description: "Keys of session tags that further roles inherit",
      }),
    ),
    sessionName: Type.Optional(Name("the role session", "RoleSessionName; the persona's name when left out")),
    called: Type.Optional(
      Name("the new persona", "How later steps name the new persona; the role when left out"),
    ),
    refused: Type.Optional(TextPattern("AssumeRole is expected to be refused, in these words")),
  }),
  check({ assume, as, called, refused }, scope) {
    scope.role(["assume"], assume);
    if (refused === undefined) scope.addPersona(called ?? assume, as);
    else scope.persona(["as"], as);
  },
  async run({ assume: role, as, sessionTags, transitive, sessionName, called, refused }, world) {
    const request = {
      as: world.persona(as),
      role,
      sessionName: sessionName ?? as,
      sessionTags,
      transitiveTagKeys: transitive,
    };
    try {
      world.addPersona(called ?? role, await world.emulator.assumeRole(request));
    } catch (error) {
      const answer = asAwsError(error);
      if (answer === undefined) throw error;
      const words = `${answer.code}: ${answer.message}`;
      if (refused !== undefined) {
        expectText("The refusal", refused, words);
        return;
      }
      throw new StepFailure("The role was refused.", {
        difference: { expected: `the role ${role}`, actual: words },
      });
    }
    if (refused === undefined) return;
    throw new StepFailure("The role was not refused.", {
      difference: { expected: `a refusal with ${showPattern(refused)}`, actual: `the role ${role}` },
    });
  },
});
