import { timingSafeEqual } from "node:crypto";
import type { EpochMillis } from "../clock.ts";

/**
 * "Valid only long enough to ensure the connection is successful."
 * @see API_StartSession, TokenValue
 * @unverified The length; a token of a real session used later and later would settle it.
 */
const tokenLifetimeMs = 5 * 60 * 1000;
/** Base64 characters: 384 bits. */
const tokenLength = 64;

/** The one token that opens a session's data channel now. It opens it once; each resume issues the next. */
export class DataChannelToken {
  readonly #newToken: (length: number) => string;
  #current: { readonly value: string; readonly expiresAt: EpochMillis } | undefined;

  constructor(newToken: (length: number) => string) {
    this.#newToken = newToken;
  }

  issue(now: EpochMillis): string {
    const value = this.#newToken(tokenLength);
    this.#current = { value, expiresAt: now + tokenLifetimeMs };
    return value;
  }

  /** True once for the newest token while it is fresh. */
  redeem(presented: string, now: EpochMillis): boolean {
    const current = this.#current;
    if (current === undefined || now >= current.expiresAt) return false;
    const expected = Buffer.from(current.value);
    const actual = Buffer.from(presented);
    if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return false;
    this.#current = undefined;
    return true;
  }
}
