import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import { ManagedNodeError } from "../../errors.ts";
import { nodeEnvironment } from "../program-environment.ts";
import { isOnPath } from "./is-on-path.ts";

/** By what right namespaces are made: as root of this machine, or in a user namespace of its own. */
export type NamespaceRights = "root" | "user";

const trialTimeoutMs = 10_000;
/** What a node's accounts take: the ids of a container, and of `nobody`. */
const minSubordinateIds = 65_536;

/** What the namespace engine calls, with the package that has it. */
const programs = {
  bash: "bash",
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
  mount: "util-linux",
  pivot_root: "util-linux",
} as const;
const userPrograms = { newuidmap: "uidmap", newgidmap: "uidmap" } as const;

/** What this machine says of itself, for {@link decideNamespaceRights}. */
export interface NamespaceFacts {
  readonly platform: string;
  readonly uid: number;
  readonly userName: string;
  /** Programs that are not there. */
  readonly missingPrograms: readonly string[];
  /** Texts of `/etc/subuid` and `/etc/subgid`. */
  readonly subordinateIds: { readonly uids: string; readonly gids: string };
  /** Kernel settings by name; a missing one is undefined. */
  readonly setting: (name: string) => string | undefined;
}

/**
 * What stands in the way of namespaces on this machine, each with its remedy; empty where nothing is seen to.
 * @see user_namespaces(7), subuid(5), Ubuntu's "Restricted unprivileged user namespaces"
 */
export function namespaceObstacles(facts: NamespaceFacts): string[] {
  if (facts.platform !== "linux") return ["namespaces are Linux's, this is another system"];
  const isRoot = facts.uid === 0;
  const packages = new Map<string, string>(
    Object.entries(isRoot ? programs : { ...programs, ...userPrograms }),
  );
  const missing = facts.missingPrograms.filter((name) => packages.has(name));
  const obstacles = missing.map(
    (name) => `\`${name}\` is missing: install the package ${packages.get(name)}`,
  );
  if (isRoot) return obstacles;
  const { uids, gids } = facts.subordinateIds;
  for (const [file, text] of [
    ["/etc/subuid", uids],
    ["/etc/subgid", gids],
  ] as const) {
    if (!hasRange(text, facts)) {
      obstacles.push(
        `${file} gives ${facts.userName} no range of ${minSubordinateIds} ids: ` +
          `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${facts.userName}`,
      );
    }
  }
  for (const [setting, forbidding, remedy] of userNamespaceSettings) {
    if (facts.setting(setting) === forbidding) {
      obstacles.push(
        `${setting} is ${forbidding}, which forbids user namespaces: sudo sysctl -w ${setting}=${remedy}`,
      );
    }
  }
  return obstacles;
}

const userNamespaceSettings = [
  ["user.max_user_namespaces", "0", "15000"],
  ["kernel.unprivileged_userns_clone", "0", "1"],
  ["kernel.apparmor_restrict_unprivileged_userns", "1", "0"],
] as const;

/** Lines of `user:first:count`, with a name or a number for the user. */
function hasRange(text: string, { userName, uid }: NamespaceFacts): boolean {
  return text.split("\n").some((line) => {
    const [owner, , count] = line.split(":");
    return (owner === userName || owner === String(uid)) && Number(count) >= minSubordinateIds;
  });
}

/**
 * How namespaces can be made here, as far as this machine tells without making some.
 * @throws ManagedNodeError that says all that is missing, and how to get it
 */
export async function namespaceRights(): Promise<NamespaceRights> {
  const facts = await readFacts();
  const obstacles = namespaceObstacles(facts);
  if (obstacles.length > 0) throw refusal(obstacles);
  return facts.uid === 0 ? "root" : "user";
}

/**
 * Tells why namespaces could not be made, by making the least.
 * @throws ManagedNodeError always: the cause itself where that works
 */
export async function explainRefusal(rights: NamespaceRights, cause: unknown): Promise<never> {
  const words = await tryNamespaces(rights);
  if (words === undefined) throw cause;
  throw refusal([
    rights === "root"
      ? `the system refuses namespaces to root (${words}): inside a container, run that with --privileged, or with ` +
        "--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
      : `the system refuses user namespaces (${words})`,
  ]);
}

function refusal(obstacles: readonly string[]): ManagedNodeError {
  const reason = obstacles.join("; ");
  return new ManagedNodeError(`Nodes cannot be made of namespaces here: ${reason}`, { cause: reason });
}

/** @returns the system's words when it refuses */
async function tryNamespaces(rights: NamespaceRights): Promise<string | undefined> {
  const user = rights === "user" ? ["--user", "--map-root-user", "--map-auto"] : [];
  const words = [
    ...user,
    "--mount",
    "--uts",
    "--ipc",
    "--net",
    "--pid",
    "--fork",
    "--",
    "mount",
    "--no-mtab",
    "-t",
    "tmpfs",
    "tmpfs",
    "/tmp",
  ];
  try {
    await promisify(execFile)("unshare", words, { cwd: "/", env: nodeEnvironment, timeout: trialTimeoutMs });
    return undefined;
  } catch (cause) {
    const { stderr = "" } = cause as { readonly stderr?: string };
    return stderr.trim() || String(cause);
  }
}

async function readFacts(): Promise<NamespaceFacts> {
  const { uid, username } = userInfo();
  const [uids, gids] = await Promise.all(["/etc/subuid", "/etc/subgid"].map(textOf));
  const settings = new Map<string, string>();
  for (const [name] of userNamespaceSettings) {
    const value = (await textOf(`/proc/sys/${name.replaceAll(".", "/")}`)).trim();
    if (value !== "") settings.set(name, value);
  }
  const wanted = Object.keys({ ...programs, ...userPrograms });
  const found = await Promise.all(wanted.map((name) => isOnPath(name)));
  return {
    platform: process.platform,
    uid,
    userName: username,
    missingPrograms: wanted.filter((_name, index) => !found[index]),
    subordinateIds: { uids: uids ?? "", gids: gids ?? "" },
    setting: (name) => settings.get(name),
  };
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, "utf8").catch(() => "");
}
