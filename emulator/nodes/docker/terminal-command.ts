import type { ProcessOptions } from "../../agent/managed-node.ts";

/**
 * Marks itself, says its process id (the session's leader: exec keeps it) in the first line, waits for {@link startKey},
 * then becomes the command. `prlimit` is for shells whose `ulimit` has no `-q`; bash needs no second process.
 */
const script =
  'ulimit -q "$1" 2>/dev/null || prlimit --pid "$$" --msgqueue="$1" || exit; shift; echo "$$"; read -r _; exec "$@"';

/** Ctrl-D: ends the wait, is not echoed, and leaves what is typed behind it to the command. */
export const startKey: Uint8Array = Uint8Array.of(0x04);

/**
 * The words of an exec that becomes the terminal's process. It is started as root and gives its rights up last, so that the
 * terminal stays root's; everything the caller gave is an argument.
 * @see agent-behaviour reference, sections 2.1 and 2.2
 */
export function terminalCommand(options: ProcessOptions, mark: string): string[] {
  const environment = Object.entries(options.environment).map(([name, value]) => `${name}=${value}`);
  return [
    ...["/bin/sh", "-c", script, "sh", mark],
    ...["/usr/bin/env", "-i", ...environment],
    ...["/usr/bin/setpriv", ...identity(options), "--", ...options.argv],
  ];
}

function identity({ credential }: ProcessOptions): string[] {
  if (credential === undefined) return [];
  const { uid, gid, groups } = credential;
  return [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`,
  ];
}
