import type { EpochMillis } from "../../../clock.ts";
import { isoSeconds } from "../../../iso-date.ts";
import type { OperationContext } from "../../operation.ts";
import type { Table } from "../../ports/account-state.ts";
import type { SessionCredentialsRecord, SessionSubject } from "../../ports/iam-records.ts";

/** AWS says only that tokens are opaque and a few hundred characters long. */
const sessionTokenLength = 356;
/** How long expired credentials are still told from unknown ones. */
const rememberExpiredMs = 24 * 60 * 60 * 1000;

/** Makes temporary credentials for `subject`, and answers them as sts shows them. */
export function issueCredentials(
  { state, random, now }: OperationContext,
  subject: SessionSubject,
  durationSeconds: number,
): object {
  const credentials = {
    accessKeyId: `ASIA${random.base32(16)}`,
    secretAccessKey: random.base64(40),
    sessionToken: random.base64(sessionTokenLength),
    expiresAt: now + durationSeconds * 1000,
    subject,
  };
  forgetExpired(state.sessionCredentials, now);
  state.sessionCredentials.put(credentials.accessKeyId, credentials);
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: isoSeconds(credentials.expiresAt),
  };
}

function forgetExpired(table: Table<SessionCredentialsRecord>, now: EpochMillis): void {
  for (const { accessKeyId, expiresAt } of table.values()) {
    if (expiresAt + rememberExpiredMs < now) table.delete(accessKeyId);
  }
}
