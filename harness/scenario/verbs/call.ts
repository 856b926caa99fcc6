import { Type } from "typebox";
import { didYouMean } from "../../../emulator/yaml-file/did-you-mean.ts";
import { type AwsError, asAwsError, callableOperations } from "../aws-call.ts";
import { expectText } from "../expectations.ts";
import { Name } from "../fields.ts";
import { mismatches } from "../partial-match.ts";
import { showDifference } from "../show-difference.ts";
import { StepFailure } from "../step-failure.ts";
import { TextPattern } from "../text-pattern.ts";
import { defineVerb, Step } from "../verb.ts";

/** Calls an AWS API. */
export const verb = defineVerb({
  name: "call",
  schema: Step("Calls an operation of ssm, iam, sts, logs, kms or ec2 through the AWS SDK", {
    call: Type.String({
      pattern: "^[a-z0-9]+:[A-Z]\\w+$",
      title: "an operation, such as ssm:DescribeSessions",
      description: "The operation, such as ssm:DescribeSessions",
    }),
    as: Type.Optional(Name("a persona", "Who calls it; root when left out")),
    with: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { title: "a mapping: the input", description: "The input" }),
    ),
    answer: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        title: "a mapping: what the answer holds",
        description: "What the answer is expected to hold; it may have more members, but lists no more items",
      }),
    ),
    fails: Type.Optional(
      Type.Union(
        [
          TextPattern("What the error is expected to say"),
          Type.Object(
            { code: Type.Optional(Type.String()), message: Type.Optional(TextPattern("The message")) },
            { additionalProperties: false },
          ),
        ],
        {
          title: "text, or a mapping with code and message",
          description:
            "The error that is expected: a text of its code and message, or a mapping with code and message",
        },
      ),
    ),
  }),
  check({ call, as, with: input = {}, answer, fails }, scope) {
    if (!callableOperations.includes(call)) {
      const service = `${call.split(":")[0]}:`;
      const known = callableOperations.filter((operation) => operation.startsWith(service));
      const shown = known.length === 0 ? "an operation of ssm, iam, sts, logs, kms or ec2" : known.join(", ");
      scope.report(["call"], shown, `${JSON.stringify(call)}${didYouMean(call, callableOperations)}`);
    }
    if (as !== undefined) scope.persona(["as"], as);
    if (answer !== undefined && fails !== undefined) scope.report(["fails"], "answer or fails", "both");
    for (const [member, value] of Object.entries({ with: input, answer }))
      scope.placeholders([member], value);
    if (call === "iam:CreateUser") scope.addUser(String(input.UserName));
    if (call === "iam:CreateRole") scope.addRole(String(input.RoleName));
  },
  async run({ call, as, with: input = {}, answer, fails }, world) {
    const caller = as ?? "root";
    let answered: object;
    try {
      answered = await world.call(call, world.fill(input), caller);
    } catch (error) {
      const refusal = asAwsError(error);
      if (refusal === undefined) throw error;
      if (fails !== undefined) {
        expectFailure(call, fails, refusal);
        return;
      }
      throw new StepFailure(`${call} as ${caller} failed.`, {
        difference: { expected: "an answer", actual: `${refusal.code}: ${refusal.message}` },
      });
    }
    if (fails !== undefined) {
      throw new StepFailure(`${call} as ${caller} did not fail.`, {
        difference: { expected: JSON.stringify(fails), actual: JSON.stringify(answered) },
      });
    }
    const different = mismatches(world.fill(answer ?? {}), answered);
    if (different.length === 0) return;
    throw new StepFailure(`The answer of ${call} is not as expected.`, {
      difference: showDifference(different),
    });
  },
});

function expectFailure(
  call: string,
  fails: string | { readonly code?: string; readonly message?: string },
  error: AwsError,
): void {
  const what = `The error of ${call}`;
  const { code, message } = typeof fails === "string" ? { code: undefined, message: undefined } : fails;
  if (typeof fails === "string") expectText(what, fails, `${error.code}: ${error.message}`);
  if (code !== undefined && code !== error.code) {
    throw new StepFailure(`${what} is not as expected.`, {
      difference: { expected: code, actual: `${error.code}: ${error.message}` },
    });
  }
  if (message !== undefined) expectText(what, message, error.message);
}
