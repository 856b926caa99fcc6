import { parseAwsHost } from "./aws-hosts.ts";

/** Where a proxy request is to go. */
export type ProxyTarget =
  /** An AWS host in scope: answered here. */
  | { readonly type: "aws"; readonly authority: string }
  /** A name that leads back to the port the request came in on: answered here. */
  | { readonly type: "self"; readonly authority: string }
  | {
      readonly type: "other";
      readonly authority: string;
      readonly hostname: string;
      readonly port: number;
    };

/** AWS hosts speak TLS on this port and plain HTTP on the next. */
const tlsPort = 443;
const plainPort = 80;

/**
 * Sorts the target of a CONNECT request, `host:port`; undefined when it is malformed.
 * @see RFC 9110 section 9.3.6
 */
export function readConnectTarget(target: string, localPort: number | undefined): ProxyTarget | undefined {
  if (!/^(?:\[[\da-f:.]+\]|[^\s:/?#@[\]]+):\d{1,5}$/i.test(target)) return undefined;
  const port = Number(target.slice(target.lastIndexOf(":") + 1));
  if (port === 0 || port > 65_535) return undefined;
  const hostname = target
    .slice(0, target.lastIndexOf(":"))
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return sort({ authority: target, hostname, port, awsPorts: [tlsPort], localPort });
}

/**
 * Sorts a request target in absolute form, `http://host/path`; undefined when it is in origin form, as requests to us
 * are, or malformed.
 * @see RFC 9112 section 3.2.2
 */
export function readAbsoluteTarget(
  target: string,
  localPort: number | undefined,
): { readonly to: ProxyTarget; readonly originForm: string } | undefined {
  const match = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target);
  const url = match === null ? null : URL.parse(target);
  if (match === null || url === null) return undefined;
  const rest = match[2] ?? "";
  return {
    to: sort({
      authority: url.host,
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port || plainPort),
      awsPorts: [plainPort, tlsPort],
      localPort,
    }),
    // Cut, not taken from the URL: the signature covers the bytes as they were sent.
    originForm: rest.startsWith("/") ? rest : `/${rest}`,
  };
}

function sort(target: {
  readonly authority: string;
  readonly hostname: string;
  readonly port: number;
  readonly awsPorts: readonly number[];
  readonly localPort: number | undefined;
}): ProxyTarget {
  const { authority, hostname, port } = target;
  if (parseAwsHost(hostname) !== undefined && target.awsPorts.includes(port)) {
    return { type: "aws", authority };
  }
  return port === target.localPort
    ? { type: "self", authority }
    : { type: "other", authority, hostname, port };
}
