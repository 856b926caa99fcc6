import { ConfigError } from "../errors.ts";
import { callAdminApi, readAdminText } from "./admin-client.ts";

interface Persona {
  readonly name: string;
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface EnvOptions {
  /** Where the emulator answers us. */
  readonly endpoint: string;
  /** Where it answers the persona's clients. */
  readonly publicUrl: string;
  readonly as: string;
  readonly awsHosts: boolean;
  readonly json: boolean;
}

/** What a shell evaluates, or a program reads, to become a persona. @throws ConfigError for an unknown persona */
export async function describeEnvironment(options: EnvOptions): Promise<string> {
  const { region } = await callAdminApi<{ region: string }>(options.endpoint, "/_emulator/health");
  const persona = await findPersona(options);
  const credentials = {
    AWS_ACCESS_KEY_ID: persona.accessKeyId,
    AWS_SECRET_ACCESS_KEY: persona.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
  if (!options.awsHosts) {
    return render({ ...credentials, AWS_ENDPOINT_URL: withoutSlash(options.publicUrl) }, options);
  }
  return renderAwsHosts(credentials, await readAdminText(options.endpoint, "/_emulator/ca.pem"), options);
}

async function findPersona(options: EnvOptions): Promise<Persona> {
  const { personas } = await callAdminApi<{ personas: Persona[] }>(options.endpoint, "/_emulator/personas");
  const persona = personas.find(({ name }) => name === options.as);
  if (persona !== undefined) return persona;
  const known = personas.map(({ name }) => name).join(", ");
  throw new ConfigError(`There is no persona ${options.as}. Known: ${known}.`);
}

/** Variables that would send clients elsewhere, or as somebody else. */
const foreignVariables = ["AWS_SESSION_TOKEN", "AWS_PROFILE"];

function render(variables: Readonly<Record<string, string>>, options: EnvOptions): string {
  if (options.json) return JSON.stringify(variables, null, 2);
  return [...exports(variables), `unset ${foreignVariables.join(" ")}`].join("\n");
}

/** Every client has a variable of its own for the authorities it trusts: Python, Go, Node, curl. */
const trustVariables = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"];

/**
 * The lane under AWS's own host names: a proxy and an authority instead of an endpoint. The text writes the certificate
 * itself, so that it also works where the emulator's files are not at hand.
 */
function renderAwsHosts(
  credentials: Readonly<Record<string, string>>,
  certificate: string,
  options: EnvOptions,
): string {
  const proxy = withoutSlash(options.publicUrl);
  if (options.json) {
    return JSON.stringify({ ...credentials, HTTPS_PROXY: proxy, caCertificate: certificate }, null, 2);
  }
  return [
    ...exports({ ...credentials, HTTPS_PROXY: proxy, https_proxy: proxy }),
    'mkdir -p "$HOME/.ssm-emulator"',
    `printf '%s' '${certificate}' > "$HOME/.ssm-emulator/trusted-ca.pem"`,
    ...trustVariables.map((name) => `export ${name}="$HOME/.ssm-emulator/trusted-ca.pem"`),
    "unset SSL_CERT_DIR",
    `unset ${["AWS_ENDPOINT_URL", ...foreignVariables].join(" ")}`,
  ].join("\n");
}

function exports(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}
