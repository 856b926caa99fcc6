import { isIPv6 } from "node:net";
import type { SocketAddress } from "../managed-node.ts";

/** Go's words for what the system says to a connect. @see Go's `syscall/zerrors_linux_amd64.go` */
const texts: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EADDRNOTAVAIL: "cannot assign requested address",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  EHOSTUNREACH: "no route to host",
  EINVAL: "invalid argument",
  ENETUNREACH: "network is unreachable",
  EPERM: "operation not permitted",
  ETIMEDOUT: "connection timed out",
};

/** As Go prints it: `dial tcp 127.0.0.1:9: connect: connection refused`. */
export function dialFailure({ address, port }: SocketAddress, error: Error): string {
  const place = isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return `dial tcp ${place}: connect: ${texts[code] ?? error.message}`;
}
