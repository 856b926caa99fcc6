import { closeSync, openSync, writeSync } from "node:fs";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { loadScenario } from "../../harness/scenario/read-scenario.ts";
import type { Recorder } from "../../harness/scenario/recorder.ts";
import type { Reporter, ReportOutput } from "../../harness/scenario/reporter.ts";
import { type ReporterName, reporters, severalReporters } from "../../harness/scenario/reporters.ts";
import { runScenarios } from "../../harness/scenario/run-scenarios.ts";
import { scaffold } from "../../harness/scenario/scaffold.ts";
import type { Scenario } from "../../harness/scenario/scenario.ts";
import { publishedScenarioSchema } from "../../harness/scenario/scenario-schema.ts";
import { ConfigError } from "../errors.ts";

const root = new URL("../../", import.meta.url);
const fileEndings = [".yaml", ".yml", ".json"];
/** As a shell counts a program that SIGINT has ended. */
const interruptedExitCode = 130;

export interface ScenarioRunOptions {
  readonly grep: string | undefined;
  readonly parallel: number;
  readonly reporter: ReporterName;
  /** File of the report; undefined: the standard output. */
  readonly output: string | undefined;
  /** Folder of the recordings; undefined: none. */
  readonly record: string | undefined;
}

/**
 * Runs scenarios; without files, the collection that comes with the emulator. Sets the exit code.
 * @throws ConfigError with all mistakes of all files, before anything runs; ManagedNodeError without an engine
 */
export async function runScenarioFiles(files: readonly string[], options: ScenarioRunOptions): Promise<void> {
  const named = files.length > 0 ? files : [relative("", fileURLToPath(new URL("scenarios", root))) || "."];
  const scenarios = select(await readAll(await expandFolders(named)), options.grep);
  await prepareFolder(options.record);
  const report = openReport(options);
  const interruption = interruptible();
  try {
    const { results, leftBehind } = await runScenarios(scenarios, {
      reporter: report.reporter,
      parallel: options.parallel,
      signal: interruption.signal,
      onRecordings: (scenario, recordings) => saveRecordings(options.record, scenario, recordings),
    });
    const isGood = results.every(({ outcome }) => outcome === "passed") && leftBehind.length === 0;
    if (interruption.signal.aborted) process.exitCode = interruptedExitCode;
    else if (!isGood) process.exitCode = 1;
  } finally {
    interruption.stop();
    report.close();
  }
}

/** Writes a scenario to begin with; gives the file's name. @throws ConfigError when the file is there already */
export async function newScenario(name: string): Promise<string> {
  const file = fileEndings.includes(extname(name)) ? name : `${name}.yaml`;
  const schema = relative(dirname(file), fileURLToPath(new URL("docs/scenario.schema.json", root)));
  const title = basename(file, extname(file)).replaceAll("-", " ");
  await writeFile(file, scaffold(title, schema), { flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "EEXIST" ? "it is there already" : cause.message;
    throw new ConfigError(`${file} was not written: ${reason}`, { cause });
  });
  return file;
}

/** The published JSON Schema of scenario files. */
export function scenarioSchema(): string {
  return JSON.stringify(publishedScenarioSchema(), null, 2);
}

async function expandFolders(named: readonly string[]): Promise<readonly string[]> {
  const expanded = await Promise.all(
    named.map(async (name) => {
      const isFolder = await stat(name).then(
        (found) => found.isDirectory(),
        () => false,
      );
      if (!isFolder) return [name];
      const found = (await readdir(name)).filter((file) => fileEndings.includes(extname(file)));
      return found.sort().map((file) => join(name, file));
    }),
  );
  return expanded.flat();
}

/** All mistakes at once, so that they can be mended at once. */
async function readAll(files: readonly string[]): Promise<readonly Scenario[]> {
  const read = await Promise.allSettled(files.map(loadScenario));
  const refused = read.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  const unexpected = refused.find((reason) => !(reason instanceof ConfigError));
  if (unexpected !== undefined) throw unexpected;
  if (refused.length > 0) throw new ConfigError(refused.map((reason: Error) => reason.message).join("\n"));
  return read.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** @throws ConfigError when nothing is left, or for a wrong expression */
function select(scenarios: readonly Scenario[], grep: string | undefined): readonly Scenario[] {
  const expression = parseExpression(grep);
  const chosen = scenarios.filter(({ name, file }) => expression.test(name) || expression.test(file));
  if (chosen.length > 0) return chosen;
  const found = scenarios.length === 0 ? "no files" : `none of ${scenarios.length}`;
  throw new ConfigError(
    grep === undefined
      ? `No scenario to run: ${found}.`
      : `--grep: expected a part of a name, found ${found} with ${JSON.stringify(grep)}`,
  );
}

function parseExpression(grep: string | undefined): RegExp {
  try {
    return new RegExp(grep ?? "", "i");
  } catch {
    throw new ConfigError(`--grep: expected a regular expression, found ${JSON.stringify(grep)}`);
  }
}

function openReport({ reporter, output }: ScenarioRunOptions): {
  readonly reporter: Reporter;
  readonly close: () => void;
} {
  if (output === undefined) return { reporter: reporters[reporter](terminalOutput()), close: () => {} };
  const file = openForWriting(output);
  const intoFile = { write: (text: string) => void writeSync(file, text), ...plain };
  // Who looks on sees how it goes; the report itself is in the file.
  return {
    reporter: severalReporters([reporters[reporter](intoFile), reporters.pretty(terminalOutput())]),
    close: () => closeSync(file),
  };
}

const plain = { isLive: false, hasColour: false, columns: 80 };

function terminalOutput(): ReportOutput {
  const { stdout } = process;
  const write = (text: string) => void stdout.write(text);
  if (!stdout.isTTY) return { write, ...plain };
  return {
    write,
    isLive: true,
    hasColour: stdout.hasColors() && !process.env.NO_COLOR,
    columns: stdout.columns,
  };
}

/** @throws ConfigError when it cannot be written */
function openForWriting(file: string): number {
  try {
    return openSync(file, "w");
  } catch (error) {
    throw notWritable("--output", error);
  }
}

/** @throws ConfigError when it cannot be made */
async function prepareFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw notWritable("--record", error);
  });
}

function notWritable(option: string, error: unknown): ConfigError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ConfigError(`${option}: expected a place that can be written to, found: ${reason}`, {
    cause: error,
  });
}

/** `missing-user-bob.cast`; a second session of that name is `missing-user-bob-2.cast`. */
async function saveRecordings(
  folder: string | undefined,
  { file }: Scenario,
  recordings: readonly Recorder[],
): Promise<void> {
  if (folder === undefined) return;
  const seen = new Map<string, number>();
  for (const recording of recordings) {
    const name = `${basename(file, extname(file))}-${recording.title.replace(/[^\w.-]/g, "_")}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    await writeFile(join(folder, `${name}${count === 1 ? "" : `-${count}`}.cast`), recording.toAsciicast());
  }
}

/** The first Ctrl-C ends the run in good order, so that no node is left; the second one ends the program. */
function interruptible(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const end = () => controller.abort(new Error("The run was interrupted."));
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  return {
    signal: controller.signal,
    stop: () => {
      process.off("SIGINT", end);
      process.off("SIGTERM", end);
    },
  };
}
