import type { OsUser } from "../access/os-user.ts";
import type { CommandResult } from "../access/user-lookup.ts";
import { ManagedNodeError } from "../errors.ts";

/** Runs a program on the node as root. @throws ManagedNodeError */
export type RunOnNode = (words: readonly string[]) => Promise<CommandResult>;

/** What making and removing users takes; the agent's channel has it. @throws ManagedNodeError */
export interface UserTools {
  readonly runTold: RunOnNode;
  accounts(): Promise<readonly string[]>;
}

/** A node's accounts as `/etc/passwd` and `/etc/group` describe them, by name; equal text means an equal account. */
export type Accounts = ReadonlyMap<string, string>;

/**
 * Makes the seed's OS users that are missing; what exists is left as it is, but for the keys that the seed tells.
 * @throws ManagedNodeError
 */
export async function seedUsers(
  tools: UserTools,
  users: readonly OsUser[],
): Promise<{ readonly before: Accounts; readonly after: Accounts }> {
  const before = await readAccounts(tools);
  const missing = users.filter(({ name }) => !before.has(name));
  for (const user of missing) await makeUser(tools, user);
  for (const user of users) await authorizeKeys(tools, user);
  return { before, after: missing.length === 0 ? before : await readAccounts(tools) };
}

/** Makes a user, as `useradd` does. @throws ManagedNodeError */
export async function addUser(tools: UserTools, user: OsUser): Promise<"added" | "exists"> {
  if (await findEntry(tools, "passwd", user.name)) return "exists";
  await makeUser(tools, user);
  await authorizeKeys(tools, user);
  return "added";
}

/** Removes a user with the home directory, and asks nobody who is logged in. @throws ManagedNodeError */
export async function removeUser(tools: UserTools, name: string): Promise<"removed" | "missing"> {
  if (!(await findEntry(tools, "passwd", name))) return "missing";
  await mustRun(tools, ["userdel", "-f", "-r", "--", name]);
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
export async function resetUsers(tools: UserTools, seeded: SeededUsers): Promise<void> {
  const now = await readAccounts(tools);
  const seededNames = new Set(seeded.users.map(({ name }) => name));
  for (const [name, account] of now) {
    const isKept = seededNames.has(name)
      ? account === seeded.accounts.get(name)
      : seeded.imageUsers.has(name);
    if (!isKept) await mustRun(tools, ["userdel", "-f", "-r", "--", name]);
  }
  await mustRun(tools, ["rm", "-f", "/etc/sudoers.d/ssm-agent-users"]);
  await seedUsers(tools, seeded.users);
}

/** The names in the text of a passwd file. */
export function userNames(passwd: string): string[] {
  return entries(passwd).flatMap(([name]) => (name ? [name] : []));
}

async function readAccounts(tools: UserTools): Promise<Accounts> {
  const { passwd, group } = await readEntries(tools);
  return new Map(
    passwd.map((fields) => {
      const [name = ""] = fields;
      const memberships = group
        .filter(([, , , members = ""]) => members.split(",").includes(name))
        .map(([groupName]) => groupName);
      return [name, `${fields.join(":")} ${memberships.sort().join()}`];
    }),
  );
}

async function readEntries(tools: UserTools): Promise<Readonly<Record<"passwd" | "group", string[][]>>> {
  const lines = await tools.accounts();
  const of = (file: string) =>
    entries(
      lines
        .filter((line) => line.startsWith(`${file}:`))
        .map((line) => line.slice(file.length + 1))
        .join("\n"),
    );
  return { passwd: of("passwd"), group: of("group") };
}

function entries(database: string): string[][] {
  return database
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}

async function makeUser(tools: UserTools, user: OsUser): Promise<void> {
  const groups = user.groups ?? [];
  for (const group of groups) await mustRun(tools, ["groupadd", "-f", group]);
  await mustRun(tools, [
    "useradd",
    user.home === false && user.sshPublicKeys === undefined ? "-M" : "-m",
    ...(await primaryGroup(tools, user)),
    ...(user.uid === undefined ? [] : ["-u", String(user.uid)]),
    ...(user.shell === undefined ? [] : ["-s", user.shell]),
    ...(groups.length === 0 ? [] : ["-G", groups.join(",")]),
    "--",
    user.name,
  ]);
}

async function primaryGroup(tools: UserTools, { name, gid }: OsUser): Promise<string[]> {
  if (gid !== undefined) {
    const number = String(gid);
    if (!(await findEntry(tools, "group", number))) await mustRun(tools, ["groupadd", "-g", number, name]);
    return ["-N", "-g", number];
  }
  // useradd refuses a user whose own group is already there, as another user's group can be.
  return (await findEntry(tools, "group", name)) ? ["-N", "-g", name] : ["-U"];
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
async function authorizeKeys(tools: UserTools, { name, sshPublicKeys }: OsUser): Promise<void> {
  if (sshPublicKeys === undefined) return;
  const [, , uid = "", gid = "", , home = ""] = (await findEntry(tools, "passwd", name)) ?? [];
  const asUser = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  await mustRun(tools, [...asUser, "sh", "-c", writeAuthorizedKeys, "sh", home, ...sshPublicKeys]);
}

/** By name, or by number. */
async function findEntry(
  tools: UserTools,
  database: "passwd" | "group",
  key: string,
): Promise<readonly string[] | undefined> {
  const found = (await readEntries(tools))[database];
  return found.find(([name]) => name === key) ?? found.find(([, , number]) => number === key);
}

async function mustRun(tools: UserTools, words: readonly string[]): Promise<void> {
  const { exitCode, stdout } = await tools.runTold(words);
  if (exitCode === 0) return;
  const reason = stdout.trim() || `exit status ${exitCode}`;
  throw new ManagedNodeError(`The node refused \`${words.join(" ")}\`: ${reason}`, { cause: reason });
}
