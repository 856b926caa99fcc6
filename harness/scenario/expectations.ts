import type { TerminalSession } from "../terminal-session.ts";
import { StepFailure } from "./step-failure.ts";
import { isFoundIn, showPattern } from "./text-pattern.ts";

/** @throws StepFailure when the text does not hold what is expected of it */
export function expectText(what: string, expected: string, actual: string, session?: TerminalSession): void {
  if (isFoundIn(actual, expected)) return;
  throw new StepFailure(`${what} is not as expected.`, {
    difference: { expected: showPattern(expected), actual: actual === "" ? "(nothing)" : actual },
    session,
  });
}

/** @throws StepFailure when it runs as somebody else, or does not run */
export function expectRunsAs(session: TerminalSession, expected: string): void {
  const actual = session.runAsUser;
  if (actual === expected) return;
  throw new StepFailure(`The session runs as another OS user.`, {
    difference: { expected, actual: actual ?? describeRefusal(session) ?? "nobody" },
    session,
  });
}

/** @throws StepFailure when the session was not refused, or with other words */
export function expectRefused(session: TerminalSession, expected: string): void {
  const words = refusalOf(session);
  if (words !== undefined) {
    expectText("The refusal", expected, words, session);
    return;
  }
  throw new StepFailure("The session was not refused.", {
    difference: {
      expected: `a refusal with ${showPattern(expected)}`,
      actual: `a shell of ${session.runAsUser ?? "somebody"}`,
    },
    session,
  });
}

/** @throws StepFailure when the session did not get as far as a shell */
export function expectStarted(session: TerminalSession): void {
  const refusal = describeRefusal(session);
  if (refusal === undefined) return;
  throw new StepFailure("The session was refused.", {
    difference: { expected: "a shell", actual: refusal },
    session,
  });
}

/** What the caller was told instead of a shell: at StartSession, or in the terminal. */
function refusalOf({ outcome, decision, hasBegun }: TerminalSession): string | undefined {
  if (outcome.type === "refused") {
    return outcome.code === undefined ? outcome.message : `${outcome.code}: ${outcome.message}`;
  }
  // What goes wrong before Run As has its turn ends a session without a decision.
  const isStarted = outcome.type === "running" || (decision?.outcome === "run" && hasBegun);
  return isStarted || outcome.end.type !== "closed" ? undefined : outcome.end.output;
}

function describeRefusal(session: TerminalSession): string | undefined {
  const words = refusalOf(session)?.trim();
  if (words === undefined) return undefined;
  return session.outcome.type === "refused" ? `refused by the ${session.outcome.by}: ${words}` : words;
}
