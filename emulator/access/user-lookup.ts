/** What the node's `id` answered about a name, each command run with the name's words as arguments. */
export interface UserLookup {
  /** `id WORDS`. */
  readonly id: CommandResult;
  /** `id -u WORDS`. */
  readonly uid: CommandResult;
  /** `id -g WORDS`. */
  readonly gid: CommandResult;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
}

/** What a process gets when it becomes a user. */
export interface Credential {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one among them where `id` lists it. */
  readonly groups: readonly number[];
}

export type CredentialReading =
  | { readonly type: "credential"; readonly credential: Credential }
  /** `message` is the Go text that the agent shows. */
  | { readonly type: "unreadable"; readonly message: string };

/**
 * Reads uid, gid and groups from what `id` printed, in the agent's order and with its errors (rows h to j).
 * @see amazon-ssm-agent `agent/session/shell/shell_unix.go`, getUserCredentials
 */
export function readCredential(lookup: UserLookup): CredentialReading {
  try {
    const uid = readInteger(lookup.uid);
    const gid = readInteger(lookup.gid);
    return { type: "credential", credential: { uid, gid, groups: readGroups(lookup.id) } };
  } catch (error) {
    if (error instanceof Unreadable) return { type: "unreadable", message: error.message };
    throw error;
  }
}

class Unreadable extends Error {}

function readInteger(result: CommandResult): number {
  return parseGoInteger(output(result).trim());
}

/** `uid=1000(ops) gid=1000(ops) groups=1000(ops),1002(docker)`; a group name may hold spaces, but breaks at commas. */
function readGroups(result: CommandResult): readonly number[] {
  const [, list] = output(result).split("groups=", 2);
  if (list === undefined) return [];
  return list.split(",").map((entry) => {
    const parenthesis = entry.indexOf("(");
    if (parenthesis <= 0) throw new Unreadable("invalid group");
    return parseGoInteger(entry.slice(0, parenthesis).trim());
  });
}

function output(result: CommandResult): string {
  if (result.exitCode !== 0) throw new Unreadable(`exit status ${result.exitCode}`);
  return result.stdout;
}

/** Go's strconv.Atoi, error text included. */
function parseGoInteger(text: string): number {
  if (/^[+-]?[0-9]+$/.test(text)) return Number(text);
  throw new Unreadable(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}
