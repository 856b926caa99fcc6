import { describeDecision, describeOutcome, type SessionState } from "../describe-session.ts";
import { ExpectationError } from "../expectation-error.ts";
import { asAwsError } from "./aws-call.ts";
import type { Scenario } from "./scenario.ts";
import type { ScenarioFailure } from "./scenario-result.ts";
import { StepFailure } from "./step-failure.ts";

/** Of a message that nobody wrote for a reader, this much is shown. */
const maxMessageLength = 500;

/**
 * What went wrong in words, without a stack.
 * @param state the session that it is about, when the error does not say so itself
 */
export function describeFailure(
  scenario: Scenario,
  line: number,
  error: unknown,
  state?: SessionState,
): ScenarioFailure {
  const shown = error instanceof ExpectationError ? error.state : state;
  const difference = error instanceof StepFailure ? error.difference : undefined;
  return {
    line,
    message: messageOf(error),
    ...difference,
    ...(shown !== undefined && {
      session: `${shown.sessionId ?? "no session"}, ${describeOutcome(shown.outcome)}`,
      ...(shown.decision !== undefined && { decision: describeDecision(shown.decision) }),
      screen: shown.screen.text,
    }),
    rerun: `npx ssm-emulator scenario run ${quoted(scenario.file)}`,
  };
}

/** The error in one line. */
export function messageOf(error: unknown): string {
  if (error instanceof ExpectationError) return error.summary;
  const answer = asAwsError(error);
  if (answer !== undefined) return `${answer.code}: ${answer.message}`;
  const reason = connectionFault(error);
  if (reason !== undefined) return `The emulator does not answer any more: ${reason}`;
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, " ").slice(0, maxMessageLength);
}

/** Node's own errors have a code, and for a host with several addresses no message. */
function connectionFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const code = String(error.code);
  return /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|UND_ERR)/.test(code) ? error.message || code : undefined;
}

function quoted(file: string): string {
  return /^[\w./@%+=:-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}
