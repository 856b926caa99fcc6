import type { AccountState } from "../../ports/account-state.ts";
import type { SessionSubject } from "../../ports/iam-records.ts";

/** Rewrites the subject of temporary credentials; undefined ends them. */
export function changeIssuedSessions(
  state: AccountState,
  change: (subject: SessionSubject) => SessionSubject | undefined,
): void {
  for (const credentials of [...state.sessionCredentials.values()]) {
    const subject = change(credentials.subject);
    if (subject === undefined) state.sessionCredentials.delete(credentials.accessKeyId);
    else if (subject !== credentials.subject) {
      state.sessionCredentials.put(credentials.accessKeyId, { ...credentials, subject });
    }
  }
}
