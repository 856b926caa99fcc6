import type { Clock } from "../clock.ts";
import type { NodeExec } from "./node-exec.ts";

export const sshPort = 22;

/** `/proc/net/tcp` has port 22 as 0016 and LISTEN as 0A. */
const listens = 'grep -qs ":0016 [0:]* 0A" /proc/net/tcp /proc/net/tcp6';
const hostKey = "/etc/ssh/ssh_host_ed25519_key";
const maxTries = 100;
/** Until the sessions that were waiting for the node have begun: starting it takes longer than all else a node does at first. */
const startDelayMs = 1_000;

const script = [
  `sshd=$(command -v sshd) && ! ${listens} || exit 0`,
  "mkdir -p -m 755 /run/sshd",
  `[ -e ${hostKey} ] || ssh-keygen -q -t ed25519 -N "" -f ${hostKey}`,
  '"$sshd" || exit',
  `for try in $(seq ${maxTries}); do ${listens} && exit; sleep 0.01; done`,
].join("; ");

/**
 * A node's SSH server, with a host key of the node's own. A node whose image has none, or has one that does not start, does
 * without: connections to its port 22 are refused.
 */
export class SshServer {
  readonly #exec: NodeExec;
  readonly #clock: Clock;
  #start: Promise<void> | undefined;
  #cancel = () => {};

  constructor(exec: NodeExec, clock: Clock) {
    this.#exec = exec;
    this.#clock = clock;
  }

  /** Starts it after a while, or for the first who needs it before that; does nothing for one that runs. */
  startSoon(): void {
    this.stopStarting();
    this.#start = undefined;
    this.#cancel = this.#clock.at(this.#clock.now() + startDelayMs, () => void this.started());
  }

  /** Resolves when it listens, or cannot be had. */
  started(): Promise<void> {
    this.stopStarting();
    this.#start ??= start(this.#exec).catch(() => undefined);
    return this.#start;
  }

  /** The node is gone. */
  stopStarting(): void {
    this.#cancel();
  }
}

/** @throws Error in the engine's words when the node cannot be reached */
async function start(exec: NodeExec): Promise<void> {
  const words = ["sh", "-c", `PATH=$PATH:/usr/sbin; ${script}`];
  const program = await exec.start({ words, workingDirectory: "/", input: "none" });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  program.onEnd = resolve;
  await ended;
}
