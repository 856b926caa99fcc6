import { checkSeed } from "../../emulator/seed/check-seed.ts";
import type { Seed } from "../../emulator/seed/seed-schema.ts";
import { checkShape } from "../../emulator/yaml-file/check-shape.ts";
import type { FileProblem } from "../../emulator/yaml-file/file-problem.ts";
import { parseYamlFile, type YamlFile } from "../../emulator/yaml-file/parse-yaml-file.ts";
import { readTextFile } from "../../emulator/yaml-file/read-text-file.ts";
import { checkStepNames, checkStepShapes, type WrittenStep } from "./check-steps.ts";
import { expandGiven } from "./given.ts";
import type { Scenario } from "./scenario.ts";
import { maxSteps, ScenarioSchema } from "./scenario-schema.ts";

/**
 * Reads the text of a scenario file.
 * @param file how messages name it
 * @throws FileError with every mistake of a kind: of syntax, else of shape, else of meaning
 */
export function readScenario(text: string, file: string): Scenario {
  const parsed = parseYamlFile(text, file, { digits: [["given", "account"]] });
  const shape = checkShape(ScenarioSchema, withoutNulls(parsed.value));
  if (shape.type === "problems") throw parsed.refuse(shape.problems);
  const { name, why, issue, given, steps, then } = shape.value;
  const account = checkGiven(given as Readonly<Record<string, unknown>>);
  const written = [...writtenSteps(parsed, "steps", steps), ...writtenSteps(parsed, "then", then)];
  const checked = checkStepShapes(written);
  const problems = [...account.problems, ...checked.problems, ...tooMany(written)];
  if (problems.length > 0 || account.seed === undefined) throw parsed.refuse(problems);
  const wrongNames = checkStepNames(checked.steps, account.seed);
  if (wrongNames.length > 0) throw parsed.refuse(wrongNames);
  return { name, why, issue, file, seed: account.seed, steps: checked.steps };
}

/** @throws ConfigError when the file cannot be read, FileError when it has mistakes */
export async function loadScenario(file: string): Promise<Scenario> {
  return readScenario(await readTextFile(file, "a scenario file"), file);
}

function checkGiven(given: Readonly<Record<string, unknown>>): {
  readonly seed?: Seed;
  readonly problems: readonly FileProblem[];
} {
  const { seed, problems, originOf } = expandGiven(given);
  if (problems.length > 0) return { problems };
  const checked = checkSeed(seed);
  if (checked.type === "value") return { seed: checked.value, problems: [] };
  return { problems: checked.problems.map((problem) => ({ ...problem, path: originOf(problem.path) })) };
}

function writtenSteps(
  parsed: YamlFile,
  section: "steps" | "then",
  items: readonly unknown[],
): readonly WrittenStep[] {
  return items.map((value, index) => {
    const path = [section, index];
    return { path, value, line: parsed.positionOf(path).line };
  });
}

function tooMany(written: readonly WrittenStep[]): readonly FileProblem[] {
  const first = written[maxSteps];
  if (first === undefined) return [];
  const expected = `at most ${maxSteps} steps`;
  return [{ path: first.path, isAboutName: false, expected, found: `${written.length}` }];
}

/** `then:` with nothing after it is as good as no `then`. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
