import { describeSession, type SessionState } from "./describe-session.ts";

/**
 * A session did not do what was expected of it. The message says what that was, what the screen shows, and why the
 * session has its OS user or was refused.
 */
export class ExpectationError extends Error {
  override readonly name = "ExpectationError";
  /** What was expected, in one line. */
  readonly summary: string;
  /** The session at that moment. */
  readonly state: SessionState;

  constructor(summary: string, state: SessionState) {
    super(`${summary}\n${describeSession(state)}`);
    this.summary = summary;
    this.state = state;
  }
}
