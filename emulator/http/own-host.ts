import { isIP } from "node:net";

/**
 * True when this Host (or an Origin's host) can only have been meant for us. Any other name may be a stranger's page
 * whose DNS entry was rebound to our address. IP addresses and names without a dot cannot be rebound from outside.
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

/** Without port and brackets, in lower case. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d+$/, "")).toLowerCase();
}
