import { Type } from "typebox";
import { isObject } from "../../../emulator/documents/json-value.ts";
import { inDueTime } from "../eventually.ts";
import { mismatches } from "../partial-match.ts";
import { showDifference } from "../show-difference.ts";
import { StepFailure } from "../step-failure.ts";
import { defineVerb, Step } from "../verb.ts";
import type { World } from "../world.ts";

/** Pages of events that are looked at. */
const maxPages = 100;

/** What CloudWatch Logs holds. */
export const verb = defineVerb({
  name: "logGroup",
  schema: Step("What a log group of CloudWatch Logs holds", {
    logGroup: Type.String({ minLength: 1, title: "the name of a log group", description: "The log group" }),
    contains: Type.Array(Type.Record(Type.String(), Type.Unknown(), { title: "a mapping: an event" }), {
      minItems: 1,
      title: "a list of events",
      description:
        "Events that it holds, in this order, each with the members that matter; others may stand between",
    }),
  }),
  check: (step, scope) => scope.placeholders(["contains"], step.contains),
  run: (step, world) => inDueTime(() => expectEvents(step, world), world.emulator),
});

async function expectEvents(
  { logGroup, contains }: { readonly logGroup: string; readonly contains: readonly object[] },
  world: World,
): Promise<void> {
  const events = await readEvents(world, logGroup);
  const missing = firstMissing(events, world.fill(contains));
  if (missing === undefined) return;
  const { index, event } = missing;
  const last = events.at(-1);
  throw new StepFailure(`The log group ${logGroup} does not hold event ${index + 1}, in its place.`, {
    difference:
      last === undefined
        ? { expected: JSON.stringify(event), actual: "no events" }
        : showDifference(mismatches(event, last)),
  });
}

function firstMissing(events: readonly unknown[], expected: readonly unknown[]) {
  let next = 0;
  for (const [index, event] of expected.entries()) {
    const found = events.findIndex((actual, at) => at >= next && mismatches(event, actual).length === 0);
    if (found < 0) return { index, event };
    next = found + 1;
  }
  return undefined;
}

async function readEvents(world: World, logGroupName: string): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = (await world.call("logs:FilterLogEvents", { logGroupName, nextToken })) as {
      readonly events?: readonly { readonly message?: string }[];
      readonly nextToken?: string;
    };
    events.push(...(answer.events ?? []).map(({ message = "" }) => parse(message)));
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return events;
}

function parse(message: string): unknown {
  try {
    const event: unknown = JSON.parse(message);
    return isObject(event) ? event : message;
  } catch {
    return message;
  }
}
