import { type Static, Type } from "typebox";

const OneOf = <const Word extends string>(...words: readonly Word[]) => Type.Enum([...words]);
const TagSource = OneOf("IAM user tag", "role tag", "STS session tag");

const ExplainedTag = Type.Object({
  key: Type.String(),
  value: Type.String(),
  source: TagSource,
  transitive: Type.Boolean({ description: "Goes along when the session assumes a further role" }),
  overriddenBy: Type.Optional(TagSource),
});

const ExplainedInput = Type.Object({
  name: Type.String(),
  value: Type.Union([Type.Boolean(), Type.String()]),
  from: Type.String({ description: "The document and version that say so, or that nobody does" }),
});

const ExplainedUser = Type.Object({
  name: Type.String(),
  uid: Type.Integer(),
  gid: Type.Integer(),
  groups: Type.Array(Type.Integer()),
  home: Type.String({ description: "HOME of the shell" }),
});

const Steps = Type.Array(Type.String(), { description: "Findings in order" });

/** The whole Run As decision about a session that was not started. */
export const Explanation = Type.Object({
  principal: Type.Object({
    type: OneOf("root", "user", "assumed-role"),
    arn: Type.String(),
    userId: Type.String(),
    tags: Type.Array(ExplainedTag),
  }),
  target: Type.Object({
    nodeId: Type.String(),
    name: Type.String(),
    pingStatus: OneOf("Online", "ConnectionLost"),
  }),
  document: Type.Optional(
    Type.Object(
      {
        name: Type.String(),
        version: Type.Optional(Type.String({ description: "Absent for what the account has no record of" })),
        inputs: Type.Array(ExplainedInput, { description: "Those that decide; none if they cannot be read" }),
      },
      { description: "Absent when the service refused before it had read one" },
    ),
  ),
  service: Type.Object({
    outcome: OneOf("proceed", "refused"),
    runAsUser: Type.Optional(
      Type.String({ description: "What the node is sent: the tag's value, or nothing" }),
    ),
    steps: Steps,
  }),
  node: Type.Optional(
    Type.Object(
      {
        outcome: OneOf("run", "refused", "silent"),
        user: Type.Optional(ExplainedUser),
        makesSsmUser: Type.Boolean({ description: "ssm-user is missing; a session would make it" }),
        steps: Steps,
      },
      { description: "Absent when the service refuses: the node is never asked" },
    ),
  ),
  outcome: Type.Union([
    Type.Object({ type: Type.Literal("run"), user: Type.String() }),
    Type.Object({
      type: Type.Literal("refused"),
      by: Type.Literal("service"),
      code: Type.String({ description: "AWS's error code, answered by StartSession" }),
      text: Type.String(),
    }),
    Type.Object({
      type: Type.Literal("refused"),
      by: Type.Literal("node"),
      text: Type.String({ description: "As it shows in the terminal" }),
    }),
    Type.Object({
      type: Type.Literal("silent"),
      text: Type.String({ description: "Why StartSession succeeds and nothing ever answers" }),
    }),
  ]),
});
export type Explanation = Static<typeof Explanation>;
export type ExplainedTag = Static<typeof ExplainedTag>;
