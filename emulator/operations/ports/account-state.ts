import type { Tag } from "../../access/principal.ts";
import type { CommandRecord } from "./command-record.ts";
import type { DocumentRecord } from "./document-record.ts";
import type { AccessKeyRecord, RoleRecord, SessionCredentialsRecord, UserRecord } from "./iam-records.ts";
import type { KmsAliasRecord, KmsKeyRecord } from "./kms-records.ts";
import type { LogEventStore, LogGroupRecord, LogStreamRecord } from "./log-records.ts";
import type { SessionEventStore } from "./session-events.ts";
import type { SessionRecord } from "./session-record.ts";

/** A keyed collection of immutable records, in order of first insertion. Change = put a new record. */
export interface Table<Row> {
  get(key: string): Row | undefined;
  put(key: string, row: Row): void;
  /** True when the key was there. */
  delete(key: string): boolean;
  values(): Iterable<Row>;
}

/** Everything the emulated account knows. */
export interface AccountState {
  /** Key: user name in lower case, as names are unique without regard to case. */
  readonly users: Table<UserRecord>;
  /** Key: role name in lower case. */
  readonly roles: Table<RoleRecord>;
  /** Key: access key id. */
  readonly accessKeys: Table<AccessKeyRecord>;
  /** Temporary credentials handed out by sts. Key: access key id. */
  readonly sessionCredentials: Table<SessionCredentialsRecord>;
  /** Key: document name. Built-in documents are not in here. */
  readonly documents: Table<DocumentRecord>;
  /** Key: group name. */
  readonly logGroups: Table<LogGroupRecord>;
  /** Key: `logStreamKey(group, stream)`. */
  readonly logStreams: Table<LogStreamRecord>;
  readonly logEvents: LogEventStore;
  /** Key: key id. */
  readonly kmsKeys: Table<KmsKeyRecord>;
  /** Key: alias name with its prefix. */
  readonly kmsAliases: Table<KmsAliasRecord>;
  /** Key: session id. */
  readonly sessions: Table<SessionRecord>;
  readonly sessionEvents: SessionEventStore;
  /** Key: command id. */
  readonly commands: Table<CommandRecord>;
  /** Tags of ec2 resources that CreateTags set. Key: resource id. */
  readonly resourceTags: Table<readonly Tag[]>;
}
