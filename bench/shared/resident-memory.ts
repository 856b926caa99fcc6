import { readdir, readFile } from "node:fs/promises";

/** Processes of this machine and who started them. */
export type Parents = ReadonlyMap<number, number>;

/** Looks which processes there are. @see proc_pid_stat(5) */
export async function readParents(): Promise<Parents> {
  const parents = new Map<number, number>();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // The second field, the program's name, may have anything in it but ends last with a bracket.
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (parent !== undefined) parents.set(Number(pid), Number(parent));
  }
  return parents;
}

/** The processes that a process started and that it is still the parent of. */
export function childrenOf(pid: number, parents: Parents): number[] {
  return [...parents].flatMap(([child, parent]) => (parent === pid ? [child] : []));
}

/**
 * What these processes and all that they started occupy, in bytes: of pages that several share, each counts its part.
 * @returns NaN where this user may not know
 * @see proc_pid_smaps_rollup(5), "Pss"
 */
export async function residentMemory(roots: readonly number[], parents: Parents): Promise<number> {
  const pids = roots.flatMap((root) => withDescendants(root, parents));
  const sizes = await Promise.all(pids.map(residentOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function residentOf(pid: number): Promise<number> {
  try {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s*(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch (error) {
    const hasEnded = ["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "");
    return hasEnded ? 0 : Number.NaN;
  }
}

function withDescendants(pid: number, parents: Parents): number[] {
  return [pid, ...childrenOf(pid, parents).flatMap((child) => withDescendants(child, parents))];
}
