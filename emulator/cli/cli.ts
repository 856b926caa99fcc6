import { homedir } from "node:os";
import { Command, CommanderError, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { type Config, readConfig, type SettingName, settings } from "../config.ts";
import { ConfigError, ManagedNodeError } from "../errors.ts";
import { loadSeed } from "../seed/load-seed.ts";
import { callAdminApi } from "./admin-client.ts";
import { describeEnvironment } from "./env.ts";
import { describeLogs } from "./logs.ts";
import { describeSessions } from "./sessions.ts";
import { start } from "./start.ts";

const defaultPort = 4583;

const exitCodes =
  "\nExit codes: 0 done, 1 a fault of the emulator, 2 a mistake in the command, a setting or a file, 3 no engine or node.";

/** Runs the command line; errors of the user's making are shown without a stack. */
export async function runCli(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function program(): Command {
  const command = new Command("ssm-emulator")
    .description("A local AWS Session Manager: sessions as exactly the OS user that Run As would choose.")
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError()
    .addHelpText("after", exitCodes);
  addStart(command);
  addClientCommands(command);
  return command;
}

function addStart(parent: Command): void {
  const command = parent
    .command("start")
    .description("start the endpoint and the managed nodes; ends with Ready.")
    .addHelpText(
      "after",
      "\nEach option can also be given as a variable: --log-level is SSM_EMULATOR_LOG_LEVEL.",
    );
  for (const { option, description, isFlag, default: defaultValue } of settings) {
    const value = isFlag ? "[true|false]" : "<value>";
    const shown = defaultValue === undefined ? description : `${description} (default: ${defaultValue})`;
    command.addOption(new Option(`${option} ${value}`, shown));
  }
  command.action(async (options: Partial<Record<SettingName, string | boolean>>) => {
    const config = readSettings(options);
    const seed = await loadSeed(config.seed);
    await start(config, {
      ...seed,
      account: config.accountId ?? seed.account,
      region: config.region ?? seed.region,
    });
  });
}

function readSettings(options: Partial<Record<SettingName, string | boolean>>): Config {
  return readConfig({ environment: process.env, options, homeDirectory: homedir() });
}

function addClientCommands(parent: Command): void {
  client(parent, "env", "print what a shell evaluates to become a persona")
    .requiredOption("--as <persona>", "root or an IAM user, e.g. alice")
    .addOption(
      new Option(
        "--public-url <url>",
        "the address to print, when clients reach the emulator by another",
      ).env("SSM_EMULATOR_PUBLIC_URL"),
    )
    .option(
      "--aws-hosts",
      "use AWS's own host names through our proxy, for tools without an endpoint option",
      false,
    )
    .action(async (options) =>
      print(await describeEnvironment({ ...options, publicUrl: options.publicUrl || options.endpoint })),
    );
  client(parent, "sessions", "list the sessions")
    .option("--why", "with the reasons for each OS user", false)
    .action(async (options) => print(await describeSessions(options)));
  client(parent, "logs", "show the session log, whatever the preferences say")
    .option("--session <id>", "of one session only")
    .action(async (options) => print(await describeLogs(options)));
  client(parent, "reset", "end all sessions and go back to the seed").action(async (options) => {
    const answer = await callAdminApi<object>(options.endpoint, "/_emulator/reset", { method: "POST" });
    print(options.json ? JSON.stringify(answer) : "Back to the seed.");
  });
}

/** A command that talks to an emulator that runs. */
function client(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .addOption(
      new Option(
        "--endpoint <url>",
        "the emulator's address; also the variable SSM_EMULATOR_ENDPOINT",
      ).default(defaultEndpoint(process.env)),
    )
    .option("--json", "for a script to read", false);
}

/** An empty variable counts as none. */
function defaultEndpoint({ SSM_EMULATOR_ENDPOINT, SSM_EMULATOR_PORT }: NodeJS.ProcessEnv): string {
  return SSM_EMULATOR_ENDPOINT || `http://127.0.0.1:${SSM_EMULATOR_PORT || defaultPort}`;
}

function print(text: string): void {
  if (text === "") return;
  process.stdout.write(`${text}\n`);
}

function report(error: unknown): number {
  // Commander has shown it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof ManagedNodeError) {
    process.stderr.write(`${error.message}\n`);
    return 3;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}
