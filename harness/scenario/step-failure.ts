import type { TerminalSession } from "../terminal-session.ts";

/** What was expected and what there was instead; each may have several lines. */
export interface Difference {
  readonly expected: string;
  readonly actual: string;
}

/** A step of a scenario did not go as it should. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  readonly difference: Difference | undefined;
  /** The session that it is about. */
  readonly session: TerminalSession | undefined;

  constructor(
    message: string,
    about: { readonly difference?: Difference; readonly session?: TerminalSession | undefined } = {},
  ) {
    super(message);
    this.difference = about.difference;
    this.session = about.session;
  }
}
