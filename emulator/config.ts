import { join, resolve } from "node:path";
import { type Static, type TSchema, Type } from "typebox";
import Value from "typebox/value";
import { ConfigError } from "./errors.ts";

const variablePrefix = "SSM_EMULATOR_";

/** Settings that are paths: `~/` at the beginning is the home directory. */
const pathSettings: readonly string[] = ["seed", "stateDir", "sessionLog"];
/** The one path that is none. */
const standardOutput = "-";

const Port = (options: { readonly description: string; readonly default?: number }) =>
  Type.Integer({ minimum: 0, maximum: 65_535, ...options });
const Milliseconds = (options: { readonly description: string; readonly default: number }) =>
  Type.Integer({ minimum: 0, maximum: 86_400_000, ...options });
const OneOf = <const Word extends string>(
  words: readonly Word[],
  options: { readonly description: string; readonly default: Word },
) => Type.Enum([...words], options);
const Text = (options: { readonly description: string; readonly default?: string }) =>
  Type.String({ minLength: 1, ...options });
const YesNo = (options: { readonly description: string; readonly default: boolean }) => Type.Boolean(options);

/**
 * Every setting. `listenPort` is the variable `SSM_EMULATOR_LISTEN_PORT` and the option `--listen-port`; one that is
 * optional has no default.
 */
export const ConfigSchema = Type.Object({
  host: Text({
    default: "127.0.0.1",
    description: "Address to listen on; others than loopback let the network in",
  }),
  port: Port({ default: 4583, description: "Port of every service; 0 takes a free one" }),
  tlsPort: Type.Optional(Port({ description: "Port for TLS under AWS's host names, for hosts-file users" })),
  allowedHosts: Type.Array(Type.String(), {
    default: [],
    description: "Further host names, with commas between, that may stand in Host and Origin",
  }),
  publicUrl: Type.Optional(
    Text({ description: "URL by which clients reach us, when it is not the one we listen on" }),
  ),
  seed: Type.Optional(Text({ description: "Seed file, YAML; the built-in seed when left out" })),
  accountId: Type.Optional(
    Type.String({
      pattern: "^[0-9]{12}$",
      title: "12 digits",
      description: "Account id in place of the seed's",
    }),
  ),
  region: Type.Optional(
    Type.String({
      pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]+$",
      title: "a region, such as us-east-1",
      description: "Region in place of the seed's",
    }),
  ),
  stateDir: Text({
    default: "~/.ssm-emulator",
    description: "Directory of the local CA and of unpacked images",
  }),
  sessionLog: Type.Optional(
    Text({ description: "File to which session log events are appended; - is the standard output" }),
  ),
  verifySignatures: YesNo({ default: true, description: "Refuse requests whose SigV4 signature is wrong" }),
  streamUrl: OneOf(["auto", "aws", "endpoint"], {
    default: "auto",
    description: "Form of StreamUrl: AWS's host name, our endpoint, or whichever the request came in under",
  }),
  tunnelOtherHosts: YesNo({
    default: false,
    description: "As a proxy, connect to hosts that are not emulated, instead of refusing them",
  }),
  nodeEngine: OneOf(["auto", "docker", "namespace"], {
    default: "auto",
    description:
      "What plays the nodes; auto is Docker where an engine answers, else namespaces of this machine",
  }),
  dockerHost: Type.Optional(
    Text({ description: "Docker engine, as DOCKER_HOST has it; that variable when left out" }),
  ),
  nodeImage: Type.Optional(
    Text({
      description:
        "Image of nodes that name none; for namespaces a folder or an archive; ours, built when missing, or this machine's own programs when left out",
    }),
  ),
  nodeBaseImage: Type.Optional(
    Text({ description: "What our node image is built from; Amazon Linux 2023 when left out" }),
  ),
  nodeNetwork: Type.Optional(
    Text({
      description:
        "Docker network of the nodes; for namespaces bridge, none or host; the default bridge when left out",
    }),
  ),
  nodesOwner: Type.String({
    default: "default",
    pattern: "^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$",
    title: "1 to 63 letters, digits or any of _.-",
    description: "Tells the containers of several emulators on one engine apart",
  }),
  keepNodes: YesNo({
    default: false,
    description: "Leave the nodes' containers at the end, for a faster next start; namespaces always end",
  }),
  temporaryNodes: YesNo({
    default: false,
    description: "Make nodes of our own that are gone with us, however we end",
  }),
  resumeGraceMs: Milliseconds({
    default: 60_000,
    description: "Time for a client that lost its connection to come back, in milliseconds",
  }),
  startErrorDelayMs: Milliseconds({
    default: 2_000,
    description: "Wait of the agent before it reports a failed start, in milliseconds",
  }),
  missingRunAsUserRefusedBy: OneOf(["service", "node"], {
    default: "service",
    description:
      "Who refuses a caller for whom Run As names nobody: StartSession, or the node in the terminal",
  }),
  repeatedTerminate: OneOf(["succeeds", "fails"], {
    default: "succeeds",
    description: "TerminateSession of an ended session: as it was for years, or as since 2026",
  }),
  logLevel: OneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
    default: "info",
    description: "Least level of log lines",
  }),
  logFormat: OneOf(["auto", "pretty", "json"], {
    default: "auto",
    description: "Form of log lines; auto is pretty on a terminal, else json",
  }),
});

/** What the emulator was told, defaults in place, frozen. */
export type Config = Readonly<Static<typeof ConfigSchema>>;
export type SettingName = keyof Config;

/** A setting as the documentation and `--help` show it. */
export interface Setting {
  readonly name: SettingName;
  readonly variable: string;
  readonly option: string;
  readonly description: string;
  /** What a value may be, in words. */
  readonly expected: string;
  /** As it would be written; undefined: none. */
  readonly default: string | undefined;
  /** An option that needs no value. */
  readonly isFlag: boolean;
}

/** Every setting, in the schema's order. */
export const settings: readonly Setting[] = Object.entries<SchemaMembers>(ConfigSchema.properties).map(
  ([name, schema]) => ({
    name: name as SettingName,
    variable: variablePrefix + name.replace(/[A-Z]/g, "_$&").toUpperCase(),
    option: `--${name.replace(/[A-Z]/g, "-$&").toLowerCase()}`,
    description: schema.description ?? "",
    expected: describeSchema(schema),
    default: schema.default === undefined ? undefined : String(schema.default),
    isFlag: schema.type === "boolean",
  }),
);

/** Where settings come from: an option beats its variable; an empty variable counts as none. */
export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Options of the command line, as written; `true` for one without a value. */
  readonly options?: Readonly<Partial<Record<SettingName, string | boolean | undefined>>>;
  /** What `~` stands for. */
  readonly homeDirectory: string;
}

/**
 * Reads all settings.
 * @throws ConfigError naming every variable or option that is wrong, what was expected and what was found
 */
export function readConfig(sources: ConfigSources): Config {
  const mistakes: string[] = [];
  const values = settings.flatMap((setting) => {
    const given = findValue(setting, sources);
    if (given === undefined) return [];
    const schema = ConfigSchema.properties[setting.name];
    const value = parseValue(given.text, schema);
    if (Value.Check(schema, value)) return [[setting.name, value] as const];
    mistakes.push(`${given.source}: expected ${setting.expected}, found ${JSON.stringify(given.text)}`);
    return [];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes.join("\n"));
  const config = Value.Parse(ConfigSchema, Value.Default(ConfigSchema, Object.fromEntries(values)));
  return Object.freeze(withAbsolutePaths(config, sources.homeDirectory));
}

function findValue(setting: Setting, sources: ConfigSources): { source: string; text: string } | undefined {
  const option = sources.options?.[setting.name];
  if (option !== undefined) return { source: setting.option, text: String(option) };
  const variable = sources.environment[setting.variable];
  return variable === undefined || variable === "" ? undefined : { source: setting.variable, text: variable };
}

/** Text that does not fit is left as it is, for the schema to refuse. */
function parseValue(text: string, schema: SchemaMembers): unknown {
  switch (schema.type) {
    case "integer":
      return /^\d{1,9}$/.test(text) ? Number(text) : text;
    case "boolean":
      return { true: true, "1": true, false: false, "0": false }[text.toLowerCase()] ?? text;
    case "array":
      return text
        .split(",")
        .map((item) => item.trim().toLowerCase())
        .filter((item) => item !== "");
    default:
      return text;
  }
}

function withAbsolutePaths(config: Config, homeDirectory: string): Config {
  const paths = Object.entries(config)
    .filter(([name, value]) => pathSettings.includes(name) && value !== standardOutput)
    .map(([name, value]) => {
      const path = String(value);
      return [name, path.startsWith("~/") ? join(homeDirectory, path.slice(2)) : resolve(path)];
    });
  return { ...config, ...Object.fromEntries(paths) };
}

interface SchemaMembers extends TSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function describeSchema(schema: SchemaMembers): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(", ")}`;
  switch (schema.type) {
    case "integer":
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case "boolean":
      return "true or false";
    case "array":
      return "a list with commas between";
    default:
      return "text";
  }
}
