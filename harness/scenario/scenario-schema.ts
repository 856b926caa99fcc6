import { type TSchema, Type } from "typebox";
import { SeedSchema } from "../../emulator/seed/seed-schema.ts";
import { publishedSchema } from "../../emulator/yaml-file/published-schema.ts";
import { OsUser } from "./fields.ts";
import { verbs } from "./verbs.ts";

/** Steps of one scenario. */
export const maxSteps = 1_000;

const Steps = (description: string, options: { readonly minItems?: number } = {}) =>
  Type.Array(Type.Object({}, { title: "a mapping: a verb and its modifiers" }), {
    maxItems: maxSteps,
    title: `a list of ${options.minItems === undefined ? "" : "one or more, "}at most ${maxSteps} steps`,
    description,
    ...options,
  });

/**
 * The scenario file as a whole. What stands in `given` and in each step is checked apart: against the seed's schema when
 * its short forms are written out, and against the schema of the step's verb.
 */
export const ScenarioSchema = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 200,
      title: "a name of at most 200 characters",
      description: "What happens, in a sentence that can be read aloud",
    }),
    why: Type.String({
      minLength: 1,
      maxLength: 1_000,
      title: "a text of at most 1000 characters",
      description: "Why it matters",
    }),
    issue: Type.Optional(
      Type.String({
        pattern: "^https?://\\S+$",
        title: "a URL",
        description: "The public issue that it reproduces",
      }),
    ),
    given: Type.Object({}, { default: {}, title: "a mapping", description: "The account and the nodes" }),
    steps: Steps("What is done, step by step", { minItems: 1 }),
    // biome-ignore lint/suspicious/noThenProperty: the word of the format, and never awaited
    then: { ...Steps("What is expected in the end"), default: [] },
  },
  { additionalProperties: false },
);

/** {@link ScenarioSchema} as JSON Schema for editors, with all that is checked apart. */
export function publishedScenarioSchema(): object {
  const { steps, then, ...members } = ScenarioSchema.properties;
  const everyVerb = [...verbs.values()].map(({ schema }) => schema);
  const step = Type.Union(everyVerb, { description: "One verb and its modifiers" });
  const aStep = { $ref: "#/$defs/step" };
  const schema = Type.Object(
    {
      ...members,
      given: Given,
      steps: { ...steps, items: aStep },
      // biome-ignore lint/suspicious/noThenProperty: the word of the format, and never awaited
      then: { ...then, items: aStep },
    },
    {
      additionalProperties: false,
      description: "A story about sessions, run against an emulator of its own",
    },
  );
  return publishedSchema("ssm-emulator scenario", { ...schema, $defs: { step } });
}

const { properties: section } = SeedSchema;
const { name: _, ...roleMembers } = section.roles.items.properties;
const node = section.nodes.items;

const Given = Type.Object(
  {
    ...section,
    users: eitherForm(section.users, section.users.items.properties.tags, "IAM users: name: tags"),
    roles: eitherForm(
      section.roles,
      Type.Object(roleMembers, { additionalProperties: false }),
      "IAM roles: name: the role as in the seed",
    ),
    nodes: eitherForm(
      {
        ...section.nodes,
        items: Type.Object(
          { ...node.properties, id: Type.Optional(node.properties.id) },
          { additionalProperties: false },
        ),
      },
      Type.Array(OsUser("An OS user: its name, or as in the seed")),
      "Managed nodes: name: OS users",
    ),
  },
  {
    default: {},
    additionalProperties: false,
    description: "The account and the nodes: the seed's sections; users, roles and nodes also by name",
  },
);

/** The seed's list, or the short form: a mapping by name. */
function eitherForm(list: TSchema, item: TSchema, description: string) {
  const short = Type.Record(Type.String(), Type.Union([item, Type.Null()]), { description });
  return Type.Union([short, list], { default: [], description });
}
