import type { CommandResult } from "../../access/user-lookup.ts";
import { ManagedNodeError } from "../../errors.ts";
import type { NodeUser } from "./node-spec.ts";

/** Runs a program on the node as root. @throws ManagedNodeError */
export type RunOnNode = (words: readonly string[]) => Promise<CommandResult>;

/** A node's accounts as `/etc/passwd` and `/etc/group` describe them, by name; equal text means an equal account. */
export type Accounts = ReadonlyMap<string, string>;

/**
 * Makes the seed's OS users that are missing; what exists is left as it is.
 * @returns the accounts afterwards
 * @throws ManagedNodeError
 */
export async function seedUsers(run: RunOnNode, users: readonly NodeUser[]): Promise<Accounts> {
  const before = await readAccounts(run);
  for (const user of users) {
    if (!before.has(user.name)) await makeUser(run, user);
  }
  return await readAccounts(run);
}

export interface SeededUsers {
  readonly users: readonly NodeUser[];
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
    if (!isKept) await mustRun(run, ["userdel", "-f", "-r", name]);
  }
  await mustRun(run, ["rm", "-f", "/etc/sudoers.d/ssm-agent-users"]);
  await seedUsers(run, seeded.users);
}

/** The names in the text of a passwd file. */
export function userNames(passwd: string): string[] {
  return entries(passwd).flatMap(([name]) => (name ? [name] : []));
}

async function readAccounts(run: RunOnNode): Promise<Accounts> {
  const passwd = await run(["cat", "/etc/passwd"]);
  const groups = entries((await run(["cat", "/etc/group"])).stdout);
  return new Map(
    entries(passwd.stdout).map((fields) => {
      const [name = ""] = fields;
      const memberships = groups
        .filter(([, , , members = ""]) => members.split(",").includes(name))
        .map(([group]) => group);
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

async function makeUser(run: RunOnNode, user: NodeUser): Promise<void> {
  const groups = user.groups ?? [];
  for (const group of groups) await mustRun(run, ["groupadd", "-f", group]);
  // useradd refuses a user whose own group is already there, as another user's group can be.
  const hasOwnGroup = (await run(["getent", "group", user.name])).exitCode === 0;
  await mustRun(run, [
    "useradd",
    user.home === false ? "-M" : "-m",
    ...(hasOwnGroup ? ["-N", "-g", user.name] : ["-U"]),
    ...(user.uid === undefined ? [] : ["-u", String(user.uid)]),
    ...(user.shell === undefined ? [] : ["-s", user.shell]),
    ...(groups.length === 0 ? [] : ["-G", groups.join(",")]),
    user.name,
  ]);
}

async function mustRun(run: RunOnNode, words: readonly string[]): Promise<void> {
  const { exitCode, stdout } = await run(["sh", "-c", 'exec "$@" 2>&1', "sh", ...words]);
  if (exitCode === 0) return;
  const reason = stdout.trim() || `exit status ${exitCode}`;
  throw new ManagedNodeError(`The node refused \`${words.join(" ")}\`: ${reason}`, { cause: reason });
}
