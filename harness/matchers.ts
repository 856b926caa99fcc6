import { setTimeout as sleep } from "node:timers/promises";
import { describeOutcome, describeSession } from "./describe-session.ts";
import { TerminalSession, type WaitOptions } from "./terminal-session.ts";
import { firstMissing, matches } from "./text-match.ts";

/** The log is asked for this often. */
const pollMs = 50;
const defaultTimeoutMs = 10_000;

/** What Vitest tells a matcher: whether it stands behind `not`. */
interface MatcherState {
  readonly isNot: boolean;
}

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Whether the node has chosen that OS user for the session. */
export function toRunAs(this: MatcherState, received: unknown, user: string): MatcherResult {
  const session = toSession(received, "toRunAs");
  const { runAsUser, outcome } = session;
  const found = runAsUser === undefined ? describeOutcome(outcome) : `it runs as ${runAsUser}`;
  return result(this, session, { pass: runAsUser === user, what: `run as ${user}`, found });
}

/** Whether AWS or the node has refused the session with that text or code. */
export function toBeRefusedWith(
  this: MatcherState,
  received: unknown,
  wanted: string | RegExp,
): MatcherResult {
  const session = toSession(received, "toBeRefusedWith");
  const { outcome } = session;
  const pass =
    outcome.type === "refused" && [outcome.message, outcome.code ?? ""].some((text) => matches(text, wanted));
  const found = describeOutcome(outcome);
  return result(this, session, { pass, what: `be refused with ${show(wanted)}`, found });
}

/**
 * Whether the session's log has lines with these texts, in this order; others may stand between. Waits until it has
 * them, or is complete, or the time is over; behind `not` it looks once.
 */
export async function toHaveLogged(
  this: MatcherState,
  received: unknown,
  wanted: readonly (string | RegExp)[],
  { timeoutMs = defaultTimeoutMs }: WaitOptions = {},
): Promise<MatcherResult> {
  const session = toSession(received, "toHaveLogged");
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    // Asked before the lines are read: a log that is complete then holds them all.
    const isComplete = await session.isLogComplete();
    const lines = await session.logLines();
    const missing = firstMissing(lines, wanted);
    if (missing === undefined || isComplete || this.isNot || performance.now() >= deadline) {
      const log = lines.length === 0 ? "nothing is logged" : ["the log is:", ...lines].join("\n  ");
      const found = missing === undefined ? log : `${show(missing)} is missing; ${log}`;
      const what = `have logged ${wanted.map(show).join(", ")}`;
      return result(this, session, { pass: missing === undefined, what, found });
    }
    await sleep(pollMs);
  }
}

function result(
  { isNot }: MatcherState,
  session: TerminalSession,
  verdict: { readonly pass: boolean; readonly what: string; readonly found: string },
): MatcherResult {
  const { pass, what, found } = verdict;
  const state = session.state();
  return {
    pass,
    message: () =>
      `Expected the session ${isNot ? "not " : ""}to ${what}, found: ${found}\n${describeSession(state)}`,
  };
}

function toSession(received: unknown, matcher: string): TerminalSession {
  if (received instanceof TerminalSession) return received;
  throw new TypeError(`${matcher} expects a session as startSession() gives it, found ${typeof received}`);
}

function show(wanted: string | RegExp): string {
  return typeof wanted === "string" ? JSON.stringify(wanted) : String(wanted);
}
