import type { OsUser } from "../access/os-user.ts";
import type { CommandResult } from "../access/user-lookup.ts";
import { ManagedNodeError } from "../errors.ts";

/** Runs a program on the node as root. @throws ManagedNodeError */
export type RunOnNode = (words: readonly string[]) => Promise<CommandResult>;

/** A node's accounts as `/etc/passwd` and `/etc/group` describe them, by name; equal text means an equal account. */
export type Accounts = ReadonlyMap<string, string>;

/**
 * Makes the seed's OS users that are missing; what exists is left as it is, but for the keys that the seed tells.
 * @throws ManagedNodeError
 */
export async function seedUsers(
  run: RunOnNode,
  users: readonly OsUser[],
): Promise<{ readonly before: Accounts; readonly after: Accounts }> {
  const before = await readAccounts(run);
  const missing = users.filter(({ name }) => !before.has(name));
  for (const user of missing) await makeUser(run, user);
  for (const user of users) await authorizeKeys(run, user);
  return { before, after: missing.length === 0 ? before : await readAccounts(run) };
}

/** Makes a user, as `useradd` does. @throws ManagedNodeError */
export async function addUser(run: RunOnNode, user: OsUser): Promise<"added" | "exists"> {
  if (await hasEntry(run, "passwd", user.name)) return "exists";
  await makeUser(run, user);
  await authorizeKeys(run, user);
  return "added";
}

/** Removes a user with the home directory, and asks nobody who is logged in. @throws ManagedNodeError */
export async function removeUser(run: RunOnNode, name: string): Promise<"removed" | "missing"> {
  if (!(await hasEntry(run, "passwd", name))) return "missing";
  await mustRun(run, ["userdel", "-f", "-r", "--", name]);
  return "removed";
}

export interface SeededUsers {
  readonly users: readonly OsUser[];
  /** As they were after seeding. */
  readonly accounts: Accounts;
  /** Names that came with the image. */
  readonly imageUsers: ReadonlySet<string>;
}

/**
 * Brings a node's OS users back to the seed: others than the seed's and the image's go, with their homes; changed ones are
 * made anew.
 * @throws ManagedNodeError
 */
export async function resetUsers(run: RunOnNode, seeded: SeededUsers): Promise<void> {
  const now = await readAccounts(run);
  const seededNames = new Set(seeded.users.map(({ name }) => name));
  for (const [name, account] of now) {
    const isKept = seededNames.has(name)
      ? account === seeded.accounts.get(name)
      : seeded.imageUsers.has(name);
    if (!isKept) await mustRun(run, ["userdel", "-f", "-r", "--", name]);
  }
  await mustRun(run, ["rm", "-f", "/etc/sudoers.d/ssm-agent-users"]);
  await seedUsers(run, seeded.users);
}

/** The names in the text of a passwd file. */
export function userNames(passwd: string): string[] {
  return entries(passwd).flatMap(([name]) => (name ? [name] : []));
}

async function readAccounts(run: RunOnNode): Promise<Accounts> {
  const [passwd, group] = await Promise.all([run(["cat", "/etc/passwd"]), run(["cat", "/etc/group"])]);
  const groups = entries(group.stdout);
  return new Map(
    entries(passwd.stdout).map((fields) => {
      const [name = ""] = fields;
      const memberships = groups
        .filter(([, , , members = ""]) => members.split(",").includes(name))
        .map(([groupName]) => groupName);
      return [name, `${fields.join(":")} ${memberships.sort().join()}`];
    }),
  );
}

function entries(database: string): string[][] {
  return database
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}

async function makeUser(run: RunOnNode, user: OsUser): Promise<void> {
  const groups = user.groups ?? [];
  for (const group of groups) await mustRun(run, ["groupadd", "-f", group]);
  await mustRun(run, [
    "useradd",
    user.home === false && user.sshPublicKeys === undefined ? "-M" : "-m",
    ...(await primaryGroup(run, user)),
    ...(user.uid === undefined ? [] : ["-u", String(user.uid)]),
    ...(user.shell === undefined ? [] : ["-s", user.shell]),
    ...(groups.length === 0 ? [] : ["-G", groups.join(",")]),
    "--",
    user.name,
  ]);
}

async function primaryGroup(run: RunOnNode, { name, gid }: OsUser): Promise<string[]> {
  if (gid !== undefined) {
    const number = String(gid);
    if (!(await hasEntry(run, "group", number))) await mustRun(run, ["groupadd", "-g", number, name]);
    return ["-N", "-g", number];
  }
  // useradd refuses a user whose own group is already there, as another user's group can be.
  return (await hasEntry(run, "group", name)) ? ["-N", "-g", name] : ["-U"];
}

/** What sshd's StrictModes wants; `.ssh` may be whatever its owner made of it. */
const writeAuthorizedKeys = [
  "umask 077",
  'cd "$1"',
  "chmod u+rwx,go-w .",
  "if [ -L .ssh ] || [ ! -d .ssh ]; then rm -f .ssh; fi",
  "mkdir -p .ssh",
  "chmod 700 .ssh",
  "rm -rf .ssh/authorized_keys",
  "shift",
  'for key; do printf "%s\\n" "$key"; done >.ssh/authorized_keys',
].join(" && ");

/** Done as the user: root would follow the links that the user can make in the home directory. */
async function authorizeKeys(run: RunOnNode, { name, sshPublicKeys }: OsUser): Promise<void> {
  if (sshPublicKeys === undefined) return;
  const { stdout } = await run(["getent", "passwd", "--", name]);
  const [, , uid = "", gid = "", , home = ""] = stdout.trimEnd().split(":");
  const asUser = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  await mustRun(run, [...asUser, "sh", "-c", writeAuthorizedKeys, "sh", home, ...sshPublicKeys]);
}

async function hasEntry(run: RunOnNode, database: "passwd" | "group", key: string): Promise<boolean> {
  return (await run(["getent", database, "--", key])).exitCode === 0;
}

async function mustRun(run: RunOnNode, words: readonly string[]): Promise<void> {
  const { exitCode, stdout } = await run(["sh", "-c", 'exec "$@" 2>&1', "sh", ...words]);
  if (exitCode === 0) return;
  const reason = stdout.trim() || `exit status ${exitCode}`;
  throw new ManagedNodeError(`The node refused \`${words.join(" ")}\`: ${reason}`, { cause: reason });
}
