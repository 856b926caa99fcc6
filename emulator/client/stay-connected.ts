import type { Clock } from "../clock.ts";
import { Backoff } from "./backoff.ts";
import type { Connection } from "./connection.ts";
import { delay } from "./delay.ts";
import { failureOf, type SessionEnd } from "./session-end.ts";

export interface StayConnectedOptions {
  /** Good for one connection; undefined: the session is to be resumed at once. */
  readonly firstToken: string | undefined;
  /** A new token; undefined or empty: the session is gone. */
  readonly resume: () => Promise<string | undefined>;
  readonly open: (token: string, signal: AbortSignal) => Promise<Connection>;
  readonly onConnected: (connection: Connection) => void;
  readonly onLost: () => void;
  readonly clock: Clock;
}

const lostAgain = "The connection was lost, and again each time that the session was resumed";

/**
 * Connects, and resumes the session whenever its connection breaks. Resolves when it has to be given up, or with
 * undefined once `signal` is aborted.
 * @see data-channel reference, section 12
 */
export async function stayConnected(
  options: StayConnectedOptions,
  signal: AbortSignal,
): Promise<SessionEnd | undefined> {
  const { clock } = options;
  const backoff = new Backoff();
  let token = options.firstToken;
  const connect = async () => {
    token ??= await options.resume();
    signal.throwIfAborted();
    return token ? options.open(token, signal) : undefined;
  };
  for (;;) {
    const attempt = await connect().catch(failureOf);
    if (signal.aborted) return undefined;
    if (attempt === undefined) return { type: "timed-out" };
    let waitMs: number | undefined;
    let failure: SessionEnd = { type: "failed", message: lostAgain };
    if ("closed" in attempt) {
      const connectedAt = clock.now();
      token = undefined;
      options.onConnected(attempt);
      await attempt.closed;
      if (signal.aborted) return undefined;
      options.onLost();
      waitMs = backoff.lost(clock.now() - connectedAt);
    } else {
      // What resume gave may be used up, even if nothing came of it. The first token has no other in its place.
      if (token !== options.firstToken) token = undefined;
      failure = attempt;
      waitMs = backoff.failed();
    }
    if (waitMs === undefined) return failure;
    await delay(waitMs, clock, signal);
    if (signal.aborted) return undefined;
  }
}
