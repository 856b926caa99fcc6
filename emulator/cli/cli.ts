import { homedir } from "node:os";
import { Command, CommanderError, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { type Config, readConfig, type Setting, type SettingName, settings } from "../config.ts";
import { ConfigError, ManagedNodeError } from "../errors.ts";
import { faultTypes } from "../faults/fault.ts";
import type { Seed } from "../seed/seed-schema.ts";
import { callAdminApi } from "./admin-client.ts";
import { advanceClock, describeClock } from "./clock.ts";
import { describeEnvironment } from "./env.ts";
import type { ExecOptions } from "./exec.ts";
import { execDefaults, settingsWithoutExec } from "./exec-settings.ts";
import { describeExplanation } from "./explain.ts";
import { addFault, describeFaults, removeFaults } from "./faults.ts";
import { describeLogs } from "./logs.ts";
import { addScenario } from "./scenario-command.ts";
import { describeSessions } from "./sessions.ts";

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
  addExec(command);
  addConnect(command);
  addClientCommands(command);
  addScenario(command);
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
  addSettings(command, settings);
  command.action(async (options: SettingOptions) => {
    const config = readSettings(options);
    // Loaded late, as by exec: the whole emulator, and no other command needs it.
    const { start } = await import("./start.ts");
    await start(config, await readSeed(config));
  });
}

function addExec(parent: Command): void {
  const command = parent
    .command("exec")
    .description(
      "start an emulator, run a command as a persona against it, and end with the command's exit code",
    )
    .argument("<command...>", "the command and its arguments, after --")
    .option("--as <persona>", "root or an IAM user, e.g. alice", "root")
    .option("--aws-hosts", "lead the command to AWS's own host names through our proxy", false)
    .addHelpText("after", "\nExit codes: the command's; 127 if there is none, 126 if it cannot be executed.");
  const shown = settings.filter(({ name }) => !settingsWithoutExec.includes(name));
  addSettings(
    command,
    shown.map((setting) => ({ ...setting, default: execDefaults[setting.variable] ?? setting.default })),
  );
  command.action(async (words: readonly string[], options: SettingOptions & Omit<ExecOptions, "command">) => {
    const { as, awsHosts, ...given } = options;
    const config = readSettings(given, execDefaults);
    const { exec } = await import("./exec.ts");
    await exec(config, await readSeed(config), { as, awsHosts, command: words });
  });
}

type SettingOptions = Partial<Record<SettingName, string | boolean>>;

function addSettings(command: Command, shown: readonly Setting[]): void {
  for (const { option, description, isFlag, default: defaultValue } of shown) {
    const value = isFlag ? "[true|false]" : "<value>";
    const text = defaultValue === undefined ? description : `${description} (default: ${defaultValue})`;
    command.addOption(new Option(`${option} ${value}`, text));
  }
}

function readSettings(options: SettingOptions, defaults: Readonly<Record<string, string>> = {}): Config {
  const given = Object.entries(process.env).filter(([, value]) => value !== "");
  return readConfig({
    environment: { ...defaults, ...Object.fromEntries(given) },
    options,
    homeDirectory: homedir(),
  });
}

async function readSeed(config: Config): Promise<Seed> {
  const { loadSeed } = await import("../seed/load-seed.ts");
  const seed = await loadSeed(config.seed);
  return { ...seed, account: config.accountId ?? seed.account, region: config.region ?? seed.region };
}

function addConnect(parent: Command): void {
  parent
    .command("connect")
    .description("open a session on this terminal, without the AWS CLI and its plugin")
    .argument("<node>", "the node's name or id")
    .argument("[command...]", "what to run in place of a shell, after --")
    .addOption(endpointOption())
    .option("--as <persona>", "root or an IAM user, e.g. alice", "root")
    .option("--document-name <name>", "the session document; the preferences when left out")
    .option("--parameters <key=value...>", "of the document; a key may be given several times")
    .option("--reason <text>", "why, for the list of sessions")
    .addHelpText(
      "after",
      "\nExit codes: 0 the session ended normally, 1 it was refused or failed, 2 a mistake in the command.",
    )
    .action(async (node: string, words: readonly string[], options) => {
      // Loaded late: the AWS SDK, and no other command needs it.
      const { connect } = await import("./connect.ts");
      process.exitCode = await connect(node, words, options);
    });
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
    .addOption(
      new Option(
        "--plugin <which>",
        "the plugin that the AWS CLI is to find: auto takes ours when none is on PATH, ours puts it first, none leaves PATH alone; also the variable SSM_EMULATOR_PLUGIN",
      ).default(process.env.SSM_EMULATOR_PLUGIN || "auto"),
    )
    .action(async (options) =>
      print(
        await describeEnvironment({
          ...options,
          publicUrl: options.publicUrl || options.endpoint,
          searchPath: process.env.PATH ?? "",
        }),
      ),
    );
  client(parent, "sessions", "list the sessions")
    .option("--why", "with the reasons for each OS user", false)
    .action(async (options) => print(await describeSessions(options)));
  client(parent, "explain", "say as whom a session would run and why, without starting it")
    .requiredOption("--as <persona>", "root, an IAM user, role/NAME, or the id of an access key")
    .requiredOption("--target <node>", "the node's name or id")
    .option("--document-name <name>", "the session document; the preferences when left out")
    .option(
      "--session-tag <key=value>",
      "of a role's session; may be given several times",
      (tag: string, others: readonly string[]) => [...others, tag],
      [],
    )
    .option("--role-session-name <name>", "of a role's session; the role's name when left out")
    .addHelpText("after", "\nA role is taken as assumed; its trust policy is not asked.")
    .action(async (options) => print(await describeExplanation(options)));
  client(parent, "logs", "show the session log, whatever the preferences say")
    .option("--session <id>", "of one session only")
    .action(async (options) => print(await describeLogs(options)));
  client(parent, "reset", "end all sessions and go back to the seed").action(async (options) => {
    const answer = await callAdminApi<object>(options.endpoint, "/_emulator/reset", { method: "POST" });
    print(options.json ? JSON.stringify(answer) : "Back to the seed.");
  });
  addClock(parent);
  addFaults(parent);
}

function addClock(parent: Command): void {
  const command = client(parent, "clock", "show the emulator's clock, or put it forward");
  command.action(async (options) => print(await describeClock(options)));
  command
    .command("advance")
    .description("put the clock forward; ends when everything has happened that was due")
    .argument("<duration>", "in days, hours, minutes and seconds, e.g. 20m or 1h30m")
    .configureHelp({ showGlobalOptions: true })
    .action(async (duration) => print(await advanceClock(duration, command.opts())));
}

function addFaults(parent: Command): void {
  const command = client(
    parent,
    "faults",
    "list the faults that were made on purpose, make others, take them away",
  );
  command.action(async (options) => print(await describeFaults(options)));
  command
    .command("add")
    .description("make a fault; it is in force at once")
    .argument("<type>", faultTypes.join(", "))
    .argument("[attribute=value...]", "such as latency=100 jitter=20")
    .option("--name <name>", "by which it is removed; type and stream when left out")
    .option("--session <id>", "for that session only")
    .option("--owner <principal>", "for sessions or requests of root, an IAM user, role/NAME or an ARN only")
    .option("--node <node>", "for that node only, by name or id")
    .option("--document <name>", "for sessions of that document only")
    .option("--operation <name>", "for that operation only, such as StartSession")
    .option("--stream <stream>", "downstream, towards the client, or upstream; downstream when left out")
    .option("--toxicity <probability>", "from 0 to 1, each time that it could strike; 1 when left out")
    .option("--count <number>", "how often it strikes before it is over")
    .option("--seed <number>", "of its chances, to repeat a run")
    .configureHelp({ showGlobalOptions: true })
    .action(async (type, attributes, options) =>
      print(await addFault({ type, attributes, ...options }, command.opts())),
    );
  command
    .command("remove")
    .description("take faults away")
    .argument("[name...]", "their names; all when left out")
    .configureHelp({ showGlobalOptions: true })
    .action(async (names) => print(await removeFaults(names, command.opts())));
}

/** A command that talks to an emulator that runs. */
function client(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .addOption(endpointOption())
    .option("--json", "for a script to read", false);
}

function endpointOption(): Option {
  const description = "the emulator's address; also the variable SSM_EMULATOR_ENDPOINT";
  return new Option("--endpoint <url>", description).default(defaultEndpoint(process.env));
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
