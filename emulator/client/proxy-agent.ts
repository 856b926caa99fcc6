import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What connects to a URL as the plugin does: through the proxy that the environment names, but never to this machine
 * itself; and with the authorities in the file that the first of these variables names, in place of the usual ones.
 * @throws Error when that file cannot be read
 * @see data-channel reference, section 3
 */
export function proxyAgent(
  url: string,
  environment: Environment,
  trustVariables: readonly string[],
): HttpAgent {
  const { protocol, hostname } = new URL(url);
  const proxy = isLoopback(hostname) ? {} : { proxyEnv: { ...environment } };
  if (protocol === "ws:" || protocol === "http:") return new HttpAgent(proxy);
  const file = trustVariables.map((name) => environment[name]).find(Boolean);
  return new HttpsAgent({ ...proxy, ...(file && { ca: readFileSync(file) }) });
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
