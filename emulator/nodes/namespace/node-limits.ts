import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../clock.ts";
import { delay } from "../delay.ts";

/** Against fork bombs; a node for people never has as many. */
const maxProcesses = 4_096;
/** Of this machine's memory, files of the node included. */
const memoryShare = 0.5;
const mountPoint = "/sys/fs/cgroup";
const folderName = "ssm-emulator";
const maxRemoveAttempts = 50;
const removeRetryMs = 20;

/** The limits of a node's processes and memory, where this machine's cgroups can be written. */
export interface NodeLimits {
  /** A process that writes 0 into these is under the limits, with all that it starts. */
  readonly files: readonly string[];
  /** Which limits there are. */
  readonly kinds: readonly string[];
  /** After the node's last process. */
  remove(): Promise<void>;
}

/** A file of a cgroup controller and what it says, by its folder under the mount point: version 1 has one for each, 2 one for all. */
function limitsOf(version: 1 | 2): readonly { kind: string; folder: string; file: string; value: string }[] {
  const memory = String(Math.floor(totalmem() * memoryShare));
  const processes = String(maxProcesses);
  return version === 2
    ? [
        { kind: "processes", folder: "", file: "pids.max", value: processes },
        { kind: "memory", folder: "", file: "memory.max", value: memory },
      ]
    : [
        { kind: "processes", folder: "pids", file: "pids.max", value: processes },
        { kind: "memory", folder: "memory", file: "memory.limit_in_bytes", value: memory },
      ];
}

/** Puts a node under limits, as far as this machine lets. @param id unique on this machine */
export async function limitNode(id: string): Promise<NodeLimits> {
  const version = await cgroupVersion();
  const folders = new Set<string>();
  const kinds: string[] = [];
  for (const { kind, folder, file, value } of limitsOf(version)) {
    const parent = join(mountPoint, folder, folderName);
    const path = join(parent, id);
    try {
      await makeFolder(parent);
      if (version === 2) await delegate(parent);
      await makeFolder(path);
      folders.add(path);
      await writeFile(join(path, file), value);
      kinds.push(kind);
    } catch {
      // This machine does not let us, as inside a container.
    }
  }
  return {
    files: kinds.length === 0 ? [] : [...folders].map((path) => join(path, "cgroup.procs")),
    kinds,
    remove: async () => {
      for (const path of folders) await removeEmptied(path);
    },
  };
}

/** Not with its parents: where no cgroups are mounted, Node would try that for ever. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  }
}

/** The last process may still be on its way out. */
async function removeEmptied(path: string): Promise<void> {
  for (let attempt = 1; attempt <= maxRemoveAttempts; attempt += 1) {
    try {
      await rmdir(path);
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
      await delay(systemClock, removeRetryMs);
    }
  }
}

/** Removes what emulators left that were killed: groups without processes. */
export async function sweepLimits(): Promise<void> {
  for (const folder of ["", "pids", "memory"]) {
    const parent = join(mountPoint, folder, folderName);
    const names = await readdir(parent, { withFileTypes: true }).catch(() => []);
    const groups = names.filter((entry) => entry.isDirectory());
    // One that has processes stays.
    for (const { name } of groups) await rmdir(join(parent, name)).catch(() => undefined);
    await rmdir(parent).catch(() => undefined);
  }
}

async function cgroupVersion(): Promise<1 | 2> {
  return await access(join(mountPoint, "cgroup.controllers"), constants.R_OK).then(
    () => 2 as const,
    () => 1 as const,
  );
}

/** Version 2 wants each level to hand its controllers on. */
async function delegate(parent: string): Promise<void> {
  for (const folder of [mountPoint, parent]) {
    const file = join(folder, "cgroup.subtree_control");
    const now = await readFile(file, "utf8");
    if (!/\bpids\b/.test(now) || !/\bmemory\b/.test(now)) await writeFile(file, "+pids +memory");
  }
}
