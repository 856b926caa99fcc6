import type { ProcessOptions } from "../agent/managed-node.ts";
import { ManagedNodeError } from "../errors.ts";
import type { RunOnNode } from "./node-users.ts";

/** Ends with 126 for what is there and cannot be run, 127 for what is not there, as shells do. */
const script = [
  'is_program() { [ -f "$1" ] && [ -x "$1" ]; }',
  'cd -- "$2" || exit 0',
  'case $1 in */*) is_program "$1" && exit 0; [ -e "$1" ] && exit 126; exit 127;; esac',
  "set -f",
  "IFS=:",
  'for folder in $3; do [ "$folder" ] || folder=.; is_program "$folder/$1" && exit 0; done',
  "exit 127",
].join("; ");

const refusals: Readonly<Record<number, { readonly code: string; readonly text: string }>> = {
  126: { code: "EACCES", text: "Permission denied" },
  127: { code: "ENOENT", text: "No such file or directory" },
};

/**
 * Makes sure that a process's program is there, as the agent does: as root.
 * @throws ManagedNodeError with the code `ENOENT` or `EACCES`
 * @see Go's os/exec, LookPath
 */
export async function mustFindProgram(run: RunOnNode, options: ProcessOptions): Promise<void> {
  const { argv, environment, workingDirectory } = options;
  const name = argv[0] ?? "";
  const { exitCode } = await run(["sh", "-c", script, "sh", name, workingDirectory, environment.PATH ?? ""]);
  const refusal = refusals[exitCode];
  if (refusal === undefined) return;
  const { code, text } = refusal;
  throw new ManagedNodeError(`${name}: ${text}`, { cause: `exit status ${exitCode}`, code });
}
