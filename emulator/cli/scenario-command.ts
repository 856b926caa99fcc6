import { type Command, InvalidArgumentError, Option } from "commander";
import type { ScenarioRunOptions } from "./scenario.ts";

const maxParallel = 64;

const exitCodes =
  "\nExit codes: 0 all passed, 1 a failure, 2 a mistake in a file (then nothing is run), 3 no engine or node.";

/** `scenario run`, `new` and `schema`. What they need is loaded when they are called. */
export function addScenario(parent: Command): void {
  const command = parent
    .command("scenario")
    .description("run stories about sessions, each on an emulator of its own");
  command
    .command("run")
    .description("run scenarios; without files, the collection that comes along")
    .argument("[files...]", "scenario files, or folders of them")
    .option("--grep <expression>", "only those whose name or file matches")
    .option("--parallel <count>", "how many at once", parseCount, 1)
    .addOption(
      new Option("--reporter <name>", "form of the report")
        .choices(["pretty", "junit", "json", "tap"])
        .default("pretty"),
    )
    .option("--output <file>", "file of the report; progress is shown on the terminal then")
    .option("--record <folder>", "folder for recordings of all sessions (asciicast v2)")
    .addHelpText("after", exitCodes)
    .action(async (files: readonly string[], options: ScenarioRunOptions) => {
      const { runScenarioFiles } = await import("./scenario.ts");
      await runScenarioFiles(files, options);
    });
  command
    .command("new")
    .description("write a scenario to begin with")
    .argument("<name>", "the file's name; .yaml is added")
    .action(async (name: string) => {
      const { newScenario } = await import("./scenario.ts");
      const file = await newScenario(name);
      process.stdout.write(`Wrote ${file}. Run it: npx ssm-emulator scenario run ${file}\n`);
    });
  command
    .command("schema")
    .description("print the JSON Schema of scenario files")
    .action(async () => {
      const { scenarioSchema } = await import("./scenario.ts");
      process.stdout.write(`${scenarioSchema()}\n`);
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= maxParallel) return count;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${maxParallel}.`);
}
