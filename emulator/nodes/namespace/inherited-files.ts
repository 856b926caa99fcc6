import { readdirSync, readFileSync } from "node:fs";

const closeOnExec = 0o2000000;

/**
 * Words before a program that is to get none of the files that this process was started with and would pass on: a way to
 * this machine's files, which nodes must not have. Empty where there are none, as a rule.
 * @see proc(5), /proc/pid/fdinfo
 */
export const withoutInheritedFiles: readonly string[] = inheritedFiles().length === 0 ? [] : closingWords();

function closingWords(): readonly string[] {
  // Not every sh knows numbers of more than one digit here.
  const script =
    'cd /proc/self/fd; for fd in *; do if [ "$fd" -gt 2 ]; then eval "exec $fd>&-"; fi; done; cd /; exec "$@"';
  return ["bash", "--norc", "-c", script, "bash"];
}

/** Numbers of open files that a program inherits; this module is loaded before others open any that way. */
function inheritedFiles(): readonly number[] {
  try {
    return readdirSync("/proc/self/fd")
      .map(Number)
      .filter((fd) => fd > 2 && isInherited(fd));
  } catch {
    return [];
  }
}

function isInherited(fd: number): boolean {
  try {
    const [, flags = "0"] = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    // It was the folder's own.
    return false;
  }
}
