import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostProcesses } from "../../helpers/on-node.ts";

/** What nodes of this process, or of one that is gone, could leave on this machine. */
export interface MachineState {
  readonly mounts: readonly string[];
  readonly interfaces: readonly string[];
  readonly temporaryFiles: readonly string[];
  /** Processes that hold namespaces, or have entered some. */
  readonly processes: readonly string[];
}

export async function machineState(): Promise<MachineState> {
  const mounts = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  const interfaces = (await readFile("/proc/self/net/dev", "utf8"))
    .split("\n")
    .map((line) => line.split(":")[0]?.trim() ?? "");
  const words = ["unshare --", "nsenter --", "network-listener", "network-dialer", "ip -oneline -batch"];
  const processes = (await Promise.all(words.map((text) => hostProcesses(text)))).flat();
  const owned = await Promise.all(processes.map(isOurs));
  return {
    mounts,
    interfaces,
    temporaryFiles: (await readdir(tmpdir()))
      .filter((name) => !/^(ssm-emulator-|vitest)|mux\.sock$/.test(name))
      .sort(),
    processes: processes.filter((_line, index) => owned[index]),
  };
}

/** Other emulators of this machine have nodes, too. */
async function isOurs(line: string): Promise<boolean> {
  const status = await readFile(`/proc/${line.split(" ")[0]}/status`, "utf8").catch(() => "");
  const parent = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]);
  return parent === 1 || parent === process.pid;
}

/** Every file of some folders, with its size, times and owner; of small ones also what is in them. */
export async function filesOf(folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs, ctimeMs, mode, uid, gid } = await stat(path);
      const content =
        size > 65_536
          ? ""
          : createHash("sha256")
              .update(await readFile(path))
              .digest("hex");
      files.set(path, [size, mtimeMs, ctimeMs, mode, uid, gid, content].join(" "));
    }
  }
  return files;
}
