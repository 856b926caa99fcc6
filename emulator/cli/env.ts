import { readAdminText } from "./admin-client.ts";
import {
  foreignVariables,
  personaCredentials,
  proxyVariables,
  trustVariables,
  type Variables,
} from "./persona-environment.ts";
import { choosePlugin, extendedPath, type PluginInUse } from "./plugin-on-path.ts";

export interface EnvOptions {
  /** Where the emulator answers us. */
  readonly endpoint: string;
  /** Where it answers the persona's clients. */
  readonly publicUrl: string;
  readonly as: string;
  readonly awsHosts: boolean;
  /** See {@link choosePlugin}. */
  readonly plugin: string;
  /** Where the persona's programs are looked for. */
  readonly searchPath: string;
  readonly json: boolean;
}

/**
 * What a shell evaluates, or a program reads, to become a persona.
 * @throws ConfigError for an unknown persona or choice of a plugin
 */
export async function describeEnvironment(options: EnvOptions): Promise<string> {
  const plugin = choosePlugin(options.plugin, options.searchPath);
  const credentials = await personaCredentials(options);
  const lane = options.awsHosts
    ? awsHostsLane(options, await readAdminText(options.endpoint, "/_emulator/ca.pem"))
    : endpointLane(options);
  if (options.json) {
    const { path } = plugin;
    const asked = path === undefined ? {} : { sessionManagerPlugin: path };
    const variables = { ...credentials, ...lane.json, ...extendedPath(plugin, options.searchPath), ...asked };
    return JSON.stringify(variables, null, 2);
  }
  return [...exports(credentials), ...lane.shell, ...describePlugin(plugin)].join("\n");
}

/** What differs by the way to the emulator. */
interface Lane {
  readonly json: Variables;
  readonly shell: readonly string[];
}

function endpointLane({ publicUrl }: EnvOptions): Lane {
  const variables = { AWS_ENDPOINT_URL: withoutSlash(publicUrl) };
  return { json: variables, shell: [...exports(variables), `unset ${foreignVariables.join(" ")}`] };
}

/**
 * The lane under AWS's own host names: a proxy and an authority instead of an endpoint. The text writes the certificate
 * itself, so that it also works where the emulator's files are not at hand.
 */
function awsHostsLane({ publicUrl }: EnvOptions, certificate: string): Lane {
  const proxy = withoutSlash(publicUrl);
  return {
    json: { HTTPS_PROXY: proxy, caCertificate: certificate },
    shell: [
      ...exports(Object.fromEntries(proxyVariables.map((name) => [name, proxy]))),
      'mkdir -p "$HOME/.ssm-emulator"',
      `printf '%s' '${certificate}' > "$HOME/.ssm-emulator/trusted-ca.pem"`,
      ...trustVariables.map((name) => `export ${name}="$HOME/.ssm-emulator/trusted-ca.pem"`),
      "unset SSL_CERT_DIR",
      `unset ${["AWS_ENDPOINT_URL", ...foreignVariables].join(" ")}`,
    ],
  };
}

/** The comment comes last: whoever leaves out the quotes of `eval` loses nothing after it. */
function describePlugin({ path, isOurs, addition }: PluginInUse): string[] {
  const folder = addition && quoted(addition.folder);
  const value = addition?.place === "first" ? `${folder}:"$PATH"` : `"$PATH":${folder}`;
  const found =
    path === undefined ? "whatever is on PATH" : `${path}${isOurs ? " (the emulator's own)" : ""}`;
  return [...(addition === undefined ? [] : [`export PATH=${value}`]), `# session-manager-plugin: ${found}`];
}

function exports(variables: Variables): string[] {
  return Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}
