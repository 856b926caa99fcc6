import { connect, type Socket } from "node:net";
import { refuseTunnel, tunnelOpened } from "./proxy-answers.ts";

/** Carries bytes between a proxy's client and a host that is not ours, until either ends or both are idle. */
export function openTunnel(
  target: { readonly authority: string; readonly hostname: string; readonly port: number },
  client: Socket,
  limits: { readonly handshakeTimeoutMs: number; readonly idleTimeoutMs: number },
): void {
  const remote = connect({ host: target.hostname, port: target.port, noDelay: true });
  let opened = false;
  remote.setTimeout(limits.handshakeTimeoutMs, () => remote.destroy(new Error("timed out")));
  remote.on("connect", () => {
    opened = true;
    remote.setTimeout(limits.idleTimeoutMs);
    client.write(tunnelOpened);
    client.pipe(remote).pipe(client);
  });
  remote.on("error", (error) => {
    if (!opened) refuseTunnel(client, 502, `cannot connect to ${target.authority}: ${error.message}\n`);
  });
  remote.on("close", () => {
    if (opened) client.destroySoon();
  });
  client.on("close", () => remote.destroy());
}
