import type { NodeExec } from "./node-exec.ts";

export const sshPort = 22;

/** `/proc/net/tcp` has port 22 as 0016 and LISTEN as 0A. */
const listens = 'grep -qs ":0016 [0:]* 0A" /proc/net/tcp /proc/net/tcp6';
const hostKey = "/etc/ssh/ssh_host_ed25519_key";
const maxTries = 100;

const script = [
  `sshd=$(command -v sshd) && ! ${listens} || exit 0`,
  "mkdir -p -m 755 /run/sshd",
  `[ -e ${hostKey} ] || ssh-keygen -q -t ed25519 -N "" -f ${hostKey}`,
  '"$sshd" || exit',
  `for try in $(seq ${maxTries}); do ${listens} && exit; sleep 0.01; done`,
].join("; ");

/**
 * Starts a node's SSH server, with a host key of the node's own, and waits until it listens. A node whose image has none,
 * or has one that does not start, does without: connections to its port 22 are refused.
 * @throws Error in the engine's words when the node cannot be reached
 */
export async function startSshServer(exec: NodeExec): Promise<void> {
  const words = ["sh", "-c", `PATH=$PATH:/usr/sbin; ${script}`];
  const program = await exec.start({ words, workingDirectory: "/", input: "none" });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  program.onEnd = resolve;
  await ended;
}
