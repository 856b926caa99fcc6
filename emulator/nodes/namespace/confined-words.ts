/**
 * Closes files first: whatever this process has open that other programs get, as its terminals and what it was started with,
 * is a way out of a node. It takes bash, for not every sh knows numbers of more than one digit here.
 */
const script = [
  'cd /proc/self/fd; for fd in *; do if ((fd > 2)); then eval "exec $fd>&-"; fi; done; cd /',
  'for file in $1; do echo 0 >"$file"; done; shift',
  'exec "$@"',
].join("; ");

/**
 * A program that is about to enter a node: without files of this process but the standard ones, and under the node's limits.
 * @param limitFiles as {@link NodeLimits} has them
 */
export function confinedWords(limitFiles: readonly string[], words: readonly string[]): readonly string[] {
  return ["bash", "--norc", "-c", script, "bash", limitFiles.join(" "), ...words];
}
