import { type Static, Type } from "typebox";
import { ExpectationError } from "../../expectation-error.ts";
import { Duration, durationMs } from "../duration.ts";
import { expectRefused, expectRunsAs, expectStarted } from "../expectations.ts";
import { Name, On, Size, sizeOf } from "../fields.ts";
import { StepFailure } from "../step-failure.ts";
import { TextPattern } from "../text-pattern.ts";
import { defineVerb, Step } from "../verb.ts";
import type { World } from "../world.ts";

const schema = Step("Starts a session and waits for the shell's prompt, or for the refusal", {
  start: Type.Union(
    [Name("a persona", "Who"), Type.Array(Name("a persona", "Who"), { minItems: 2, maxItems: 20 })],
    {
      title: "the name of a persona, or a list of at least two",
      description: "Who starts it: an IAM user, root, or a name that assume made; several start at once",
    },
  ),
  on: On,
  document: Type.Optional(Name("a session document", "The session document; the preferences when left out")),
  parameters: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]), {
      title: "a mapping of parameters, each a text or a list of texts",
      description: "The document's parameters",
    }),
  ),
  reason: Type.Optional(Type.String({ description: "Why, as StartSession takes it" })),
  size: Type.Optional(Size("The terminal's columns and rows; 80x24 when left out")),
  session: Type.Optional(Name("the session", "How later steps name the session; the persona when left out")),
  runsAs: Type.Optional(Name("an OS user", "The OS user that the session is expected to run as")),
  refused: Type.Optional(TextPattern("The session is expected to be refused, in these words")),
  silent: Type.Optional(Duration("No prompt and no refusal is expected to come within this time")),
});

type StartStep = Static<typeof schema>;

/** Opens a session. */
export const verb = defineVerb({
  name: "start",
  schema,
  check(step, scope) {
    const { start, on, session, refused, silent, runsAs } = step;
    if (Array.isArray(start)) {
      for (const [index, name] of start.entries()) scope.persona(["start", index], name);
      if (session !== undefined) scope.report(["session"], "no name for several sessions", `"${session}"`);
    } else {
      scope.persona(["start"], start);
    }
    scope.node(["on"], on);
    const outcomes = Object.entries({ runsAs, refused, silent }).filter(([, value]) => value !== undefined);
    if (outcomes.length > 1) {
      const [first, second] = outcomes.map(([name]) => name);
      scope.report([second ?? ""], `one of runsAs, refused, silent`, `${first} and ${second}`);
    }
    for (const name of namesOf(step)) scope.addSession(name);
  },
  async run(step, world) {
    const personas = [step.start].flat();
    if (step.silent !== undefined) {
      await Promise.all(personas.map((persona) => expectSilence(step, persona, world)));
      return;
    }
    await Promise.all(personas.map((persona) => start(step, persona, world)));
    // The one named last counts as the one started last.
    for (const name of namesOf(step)) world.nameSession(name, world.session(name));
  },
  waitsMs: ({ silent }) => (silent === undefined ? 0 : durationMs(silent)),
});

function namesOf({ start, session }: StartStep): readonly string[] {
  return Array.isArray(start) ? start : [session ?? start];
}

async function start(step: StartStep, persona: string, world: World): Promise<void> {
  const session = await world.startSession(step.session ?? persona, requestOf(step, persona, world));
  if (step.refused !== undefined) expectRefused(session, step.refused);
  else expectStarted(session);
  if (step.runsAs !== undefined) expectRunsAs(session, step.runsAs);
}

async function expectSilence(step: StartStep, persona: string, world: World): Promise<void> {
  const startTimeoutMs = durationMs(step.silent ?? "0s");
  const request = { ...requestOf(step, persona, world), startTimeoutMs };
  const session = await world.startSession(step.session ?? persona, request).catch((error: unknown) => {
    const isSilent = error instanceof ExpectationError && error.state.outcome.type === "running";
    if (isSilent && error.state.screen.text === "") return undefined;
    throw error;
  });
  if (session === undefined) return;
  const { outcome } = session;
  throw new StepFailure("The session was answered.", {
    difference: {
      expected: `nothing within ${step.silent}`,
      actual: outcome.type === "refused" ? outcome.message : session.output || "an end",
    },
    session,
  });
}

function requestOf(step: StartStep, persona: string, world: World) {
  const { on, document, parameters, reason, size } = step;
  return {
    as: world.persona(persona),
    target: on,
    documentName: document,
    parameters:
      parameters &&
      Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [values].flat()])),
    reason,
    size: size === undefined ? undefined : sizeOf(size),
  };
}
