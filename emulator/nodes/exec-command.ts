import type { PipedProcessOptions, ProcessOptions } from "../agent/managed-node.ts";

/**
 * Marks itself, says its process id (the session's leader: exec keeps it) in the first line and becomes the command.
 * `prlimit` is for shells whose `ulimit` has no `-q`; bash needs no second process.
 */
const begin = 'ulimit -q "$1" 2>/dev/null || prlimit --pid "$$" --msgqueue="$1" || exit; shift; echo "$$"';
const become = 'exec "$@"';

/** Ctrl-D: ends the wait for it, is not echoed, and leaves what is typed behind it to the command. */
export const startKey: Uint8Array = Uint8Array.of(0x04);

/**
 * The words of an exec that becomes a terminal's process once it was sent the {@link startKey}. It is started as root and
 * gives its rights up last, so that the terminal stays root's; everything the caller gave is an argument.
 * @see agent-behaviour reference, sections 2.1 and 2.2
 */
export function terminalCommand(options: ProcessOptions, mark: string): string[] {
  return shellCommand([begin, "read -r _", become], [mark, ...commandOf(options)]);
}

/** The words of an exec that becomes a process without a terminal. */
export function pipedCommand(options: PipedProcessOptions, mark: string): string[] {
  const join = options.joinOutput ? ["exec 2>&1"] : [];
  return shellCommand([begin, ...join, become], [mark, ...commandOf(options)]);
}

/** The words of an exec that becomes one of the emulator's own tools, as root. */
export function toolCommand(words: readonly string[], mark: string): string[] {
  return shellCommand([begin, become], [mark, ...words]);
}

function shellCommand(commands: readonly string[], words: readonly string[]): string[] {
  return ["/bin/sh", "-c", commands.join("; "), "sh", ...words];
}

function commandOf(options: ProcessOptions): string[] {
  const environment = Object.entries(options.environment).map(([name, value]) => `${name}=${value}`);
  return [
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
