import type { OsUser } from "../access/os-user.ts";

/** A process that a session started and that is alive. */
export interface SessionProcess {
  readonly pid: number;
  /** The OS user by name; by uid when the name is gone. */
  readonly user: string;
  /** As ps and `/proc/PID/stat` have it: R, S, D, T … */
  readonly state: string;
  /** Its words, or its name in brackets. */
  readonly command: string;
}

/** What an administrator can do to a node while the emulator runs. @throws ManagedNodeError, all of them. */
export interface NodeAdministration {
  addUser(user: OsUser): Promise<"added" | "exists">;
  /** The home directory goes too; the user's processes are left alone. */
  removeUser(name: string): Promise<"removed" | "missing">;
  /** As if the power were cut: no process is left, the disk is kept. A stopped node stays stopped. */
  stop(): Promise<void>;
  /** Resolves when the node can take sessions again. A running node keeps running. */
  start(): Promise<void>;
  sessionProcesses(): Promise<readonly SessionProcess[]>;
}
