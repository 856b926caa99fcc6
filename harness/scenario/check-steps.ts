import { isObject } from "../../emulator/documents/json-value.ts";
import type { Seed } from "../../emulator/seed/seed-schema.ts";
import { checkShape } from "../../emulator/yaml-file/check-shape.ts";
import { didYouMean } from "../../emulator/yaml-file/did-you-mean.ts";
import { type FilePath, type FileProblem, showValue } from "../../emulator/yaml-file/file-problem.ts";
import type { ScenarioStep } from "./scenario.ts";
import { Scope } from "./scope.ts";
import { stepTitle } from "./step-title.ts";
import type { Verb } from "./verb.ts";
import { modifiersOf, verbs } from "./verbs.ts";

/** A step as it is written. */
export interface WrittenStep {
  readonly path: FilePath;
  readonly line: number;
  readonly value: unknown;
}

/** Finds each step's verb and holds the step against the verb's schema. */
export function checkStepShapes(written: readonly WrittenStep[]): {
  readonly steps: readonly (ScenarioStep & { readonly path: FilePath })[];
  readonly problems: readonly FileProblem[];
} {
  const checked = written.map(checkStepShape);
  return {
    steps: checked.flatMap(({ step }) => step ?? []),
    problems: checked.flatMap(({ problems }) => problems),
  };
}

/** Names that lead nowhere at the step where they are used. */
export function checkStepNames(
  steps: readonly (ScenarioStep & { readonly path: FilePath })[],
  seed: Seed,
): readonly FileProblem[] {
  const walk = (scope: Scope) => {
    for (const { verb, step, path, line } of steps) {
      scope.enter(path, line);
      verb.check?.(step, scope);
    }
    return scope;
  };
  const { made } = walk(new Scope(seed));
  return walk(new Scope(seed, made)).problems;
}

function checkStepShape({ path, line, value }: WrittenStep): {
  readonly step?: ScenarioStep & { readonly path: FilePath };
  readonly problems: readonly FileProblem[];
} {
  if (!isObject(value)) {
    const expected = "a mapping: a verb and its modifiers";
    return { problems: [{ path, isAboutName: false, expected, found: showValue(value) }] };
  }
  const found = findVerb(value, path);
  if (found.type === "problem") return { problems: [found.problem] };
  const { verb } = found;
  const shape = checkShape(verb.schema, value);
  if (shape.type === "problems") {
    return { problems: shape.problems.map((problem) => atStep(problem, path, verb)) };
  }
  const title = stepTitle(value, verb.name);
  return { step: { path, line, title, verb, step: shape.value }, problems: [] };
}

type Found =
  | { readonly type: "verb"; readonly verb: Verb }
  | { readonly type: "problem"; readonly problem: FileProblem };

/** Some words are a verb, and a modifier of another verb: that other one is meant where it is there. */
function findVerb(step: Readonly<Record<string, unknown>>, path: FilePath): Found {
  const members = Object.keys(step);
  const named = members.flatMap((name) => verbs.get(name) ?? []);
  const [verb, another] = named.filter((candidate) =>
    named.every(({ name }) => name === candidate.name || modifiersOf(candidate).includes(name)),
  );
  if (verb !== undefined && another === undefined) return { type: "verb", verb };
  const isMissing = named.length === 0;
  const [first = ""] = members;
  return {
    type: "problem",
    problem: {
      path: isMissing || named[1] === undefined ? path : [...path, named[1].name],
      isAboutName: !isMissing,
      expected: isMissing ? `one of the verbs ${[...verbs.keys()].join(", ")}` : "one verb in a step",
      found: isMissing
        ? `${members.length === 0 ? "nothing" : members.join(", ")}${didYouMean(first, [...verbs.keys()])}`
        : named.map(({ name }) => name).join(" and "),
    },
  };
}

function atStep(problem: FileProblem, path: FilePath, verb: Verb): FileProblem {
  const isForeign = problem.isAboutName && problem.path.length === 1;
  const modifiers = modifiersOf(verb);
  const expected =
    modifiers.length === 0
      ? `nothing but ${verb.name}`
      : `a modifier of ${verb.name}: ${modifiers.join(", ")}`;
  return { ...problem, path: [...path, ...problem.path], ...(isForeign && { expected }) };
}
