import { ConfigError } from "../errors.ts";
import { callAdminApi } from "./admin-client.ts";

interface Persona {
  readonly name: string;
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Variables of a client that is to reach the emulator as a persona. */
export type Variables = Readonly<Record<string, string>>;

/** Who the client is, and where. @throws ConfigError for an unknown persona */
export async function personaCredentials(options: {
  readonly endpoint: string;
  readonly as: string;
}): Promise<Variables> {
  const { region } = await callAdminApi<{ region: string }>(options.endpoint, "/_emulator/health");
  const persona = await findPersona(options);
  return {
    AWS_ACCESS_KEY_ID: persona.accessKeyId,
    AWS_SECRET_ACCESS_KEY: persona.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

async function findPersona(options: { readonly endpoint: string; readonly as: string }): Promise<Persona> {
  const { personas } = await callAdminApi<{ personas: Persona[] }>(options.endpoint, "/_emulator/personas");
  const persona = personas.find(({ name }) => name === options.as);
  if (persona !== undefined) return persona;
  const known = personas.map(({ name }) => name).join(", ");
  throw new ConfigError(`There is no persona ${options.as}. Known: ${known}.`);
}

/** Variables that would send clients elsewhere, or as somebody else. */
export const foreignVariables = ["AWS_SESSION_TOKEN", "AWS_PROFILE"];

/** Where the proxy to AWS's own host names is told; some clients know one spelling only. */
export const proxyVariables = ["HTTPS_PROXY", "https_proxy"];

/** Every client has a variable of its own for the authorities it trusts: Python, Go, Node, curl. */
export const trustVariables = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"];
