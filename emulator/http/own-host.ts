import { isIP } from "node:net";

/**
 * True when this Host can only have been meant for us. Any other name may be a stranger's page whose DNS entry was
 * rebound to our address. IP addresses and names without a dot cannot be rebound from outside.
 */
export function isOwnHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
  const name = hostName(host ?? "");
  if (name === "") return false;
  return (
    isIP(name) !== 0 ||
    !name.includes(".") ||
    name.endsWith(".localhost") ||
    name.endsWith(".amazonaws.com") ||
    name.endsWith(".amazonaws.com.cn") ||
    name === "host.docker.internal" ||
    allowedHosts.includes(name)
  );
}

/**
 * True when no page but ours sends this request: programs name no origin, browsers always do. Ours are those of this
 * machine, those under the name that the request itself came in by, and the allowed ones. An address or a name of AWS's
 * says nothing here: anybody can serve a page there.
 */
export function isOwnOrigin(
  { host, origin }: { readonly host?: string | undefined; readonly origin?: string | undefined },
  allowedHosts: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const name = hostName(new URL(origin).host);
  return name !== "" && (isThisMachine(name) || name === hostName(host ?? "") || allowedHosts.includes(name));
}

function isThisMachine(name: string): boolean {
  return (
    name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d+){3}$/.test(name)
  );
}

/** Without port and brackets, in lower case. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d+$/, "")).toLowerCase();
}
