import { createSecureContext, type SecureContext } from "node:tls";
import type { Clock, EpochMillis } from "../clock.ts";
import type { LocalCa } from "./local-ca.ts";

/** Well before the end of a leaf's 397 days, for an emulator that runs for a year. */
const renewAfterMs = 300 * 24 * 60 * 60 * 1_000;

interface Entry {
  readonly context: Promise<SecureContext>;
  readonly issuedAt: EpochMillis;
}

/** TLS contexts by host, made when first asked for; the one asked for longest ago goes when it is full. */
export class CertificateCache {
  readonly #entries = new Map<string, Entry>();
  readonly #ca: LocalCa;
  readonly #clock: Clock;
  readonly #maxHosts: number;

  constructor(options: { readonly ca: LocalCa; readonly clock: Clock; readonly maxHosts: number }) {
    this.#ca = options.ca;
    this.#clock = options.clock;
    this.#maxHosts = options.maxHosts;
  }

  /** Calls for the same host share one certificate, also while it is being made; a failure is not kept. */
  async contextFor(host: string): Promise<SecureContext> {
    const now = this.#clock.now();
    const present = this.#entries.get(host);
    const entry =
      present !== undefined && now - present.issuedAt < renewAfterMs
        ? present
        : { context: this.#create(host), issuedAt: now };
    this.#entries.delete(host);
    this.#entries.set(host, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maxHosts && oldest !== undefined) this.#entries.delete(oldest);
    try {
      return await entry.context;
    } catch (error) {
      if (this.#entries.get(host) === entry) this.#entries.delete(host);
      throw error;
    }
  }

  async #create(host: string): Promise<SecureContext> {
    return createSecureContext(await this.#ca.issue(host));
  }
}
