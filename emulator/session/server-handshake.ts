import type { EpochMillis } from "../clock.ts";
import {
  actionStatus,
  encodeHandshakeComplete,
  encodeHandshakeRequest,
  type HandshakeResponse,
} from "../protocol/handshake.ts";
import type { ChannelCipher } from "./channel-cipher.ts";
import { compareVersions } from "./client-version.ts";
import type { DataChannelLimits } from "./data-channel-limits.ts";
import type { ChannelSession, DataChannelOptions } from "./data-channel-options.ts";
import { type HandshakeEvent, type HandshakePhase, nextHandshakePhase } from "./handshake-phase.ts";
import { KeyExchange } from "./key-exchange.ts";
import { decideAgentPortFeatures } from "./port-features.ts";

export interface ServerHandshakeOptions
  extends Pick<DataChannelOptions, "agentVersion" | "handshake" | "encryption" | "separateOutput"> {
  readonly session: ChannelSession;
  readonly limits: DataChannelLimits;
}

/** What the server does next for its client. */
export type HandshakeStep =
  | { readonly type: "challenge"; readonly cipher: ChannelCipher; readonly payload: Uint8Array }
  | { readonly type: "complete"; readonly clientVersion: string; readonly payload: Uint8Array }
  /** It does no handshake: its session goes on without. */
  | { readonly type: "skip" }
  /** It is ready for output. */
  | { readonly type: "open" }
  | { readonly type: "fail"; readonly reason: string };

const nanosPerMilli = 1_000_000;
const newestClientWithoutSeparateOutput = "1.2.295";

/**
 * The server's part in the handshake of one session, over all connections of its client.
 * @see data-channel reference, sections 7 and 13; amazon-ssm-agent `agent/session/datachannel/datachannel.go`
 */
export class ServerHandshake {
  readonly #options: ServerHandshakeOptions;
  readonly #keyExchange: KeyExchange | undefined;
  #phase: HandshakePhase = "unopened";
  #deadline: EpochMillis | undefined;
  #startedAt: EpochMillis = 0;
  /** Of the client that did its part. */
  #clientVersion = "";

  constructor(options: ServerHandshakeOptions) {
    this.#options = options;
    this.#keyExchange = options.encryption && new KeyExchange(options.encryption);
  }

  get phase(): HandshakePhase {
    return this.#phase;
  }

  /** When the event `overdue` happens; in `demanded` and `challenged` even while no client is there. */
  get deadline(): EpochMillis | undefined {
    return this.#deadline;
  }

  get #isRequired(): boolean {
    return this.#options.handshake === "required" || this.#keyExchange !== undefined;
  }

  /** The session waits for the handshake, and fails without; what else the client says is thrown away. */
  get isDemanded(): boolean {
    return this.#phase === "demanded" || this.#phase === "challenged";
  }

  /** Nothing at all may be sent to the client, not even an acknowledge. @see data-channel reference, section 7.2 */
  get isMuted(): boolean {
    return this.#phase === "settling" && this.#isMultiplexed;
  }

  /**
   * Nothing goes on before the client has read its part of the handshake: a plugin that has output in front of it throws
   * that away, and never becomes ready.
   */
  get needsAcknowledge(): boolean {
    return this.#phase === "offered" || this.isMuted;
  }

  /** The plugin may have something to say already: output before that is nobody's. */
  get takesOutput(): boolean {
    if (this.#phase === "failed" || this.isDemanded) return false;
    return this.#phase !== "unopened" || !this.#isRequired;
  }

  /** The session begins: what it requires, it waits for from now on. */
  begin(now: EpochMillis): void {
    if (this.#isRequired && this.#phase === "unopened") this.#advance("demanded", now);
  }

  /** The first client, or one that is attached anew. */
  clientAttached(now: EpochMillis): void {
    this.begin(now);
    if (this.#phase === "unopened") this.#advance("offered", now);
    else this.#advance("client-attached", now);
  }

  /** The client has said something that is not of the handshake. */
  hearData(now: EpochMillis): HandshakeStep | undefined {
    return this.#advance("data-received", now);
  }

  /** The client has acknowledged all that it was sent. */
  acknowledged(now: EpochMillis): void {
    if (this.#phase === "offered") this.prolong(now);
    if (this.isMuted) this.#deadline = now + this.#options.limits.multiplexerPatienceMs;
  }

  /** The session ends: it waits for no client any more. */
  abandon(now: EpochMillis): void {
    if (this.#isRequired && (this.isDemanded || this.#phase === "unopened")) this.#advance("failed", now);
  }

  /** Gives the whole patience of the phase again. */
  prolong(now: EpochMillis): void {
    const patienceMs = this.#patienceMs();
    this.#deadline = patienceMs === undefined ? undefined : now + patienceMs;
  }

  /** The payload of the request. */
  request(): Uint8Array {
    const { agentVersion, session } = this.#options;
    const parameters = { SessionType: session.type, Properties: session.properties };
    const actions = [{ actionType: "SessionType", parameters }];
    const encryption = this.#keyExchange === undefined ? [] : [this.#keyExchange.action];
    return encodeHandshakeRequest({ agentVersion, actions: [...actions, ...encryption] });
  }

  /** Takes the client's answer to the request; undefined for one that comes too late or again. */
  respond(response: HandshakeResponse, now: EpochMillis): HandshakeStep | undefined {
    if (this.#phase !== "offered" && this.#phase !== "demanded") return undefined;
    const failure = failureIn(response);
    if (failure !== undefined) return this.#fail(failure, now);
    this.#clientVersion = response.clientVersion;
    if (this.#keyExchange === undefined) return this.#complete(now);
    const agreement = this.#keyExchange.agree(response);
    if (agreement.type === "failed") return this.#fail(agreement.reason, now);
    this.#advance("challenged", now);
    return { type: "challenge", cipher: agreement.cipher, payload: agreement.challenge };
  }

  /** Whether the client answers a challenge wrongly; the agent leaves that unacknowledged until the time is over. */
  refuses(sealed: Uint8Array): boolean {
    return this.#phase === "challenged" && this.#keyExchange?.isAnswer(sealed) !== true;
  }

  /** The challenge was answered; undefined when none was waited for. */
  confirm(now: EpochMillis): HandshakeStep | undefined {
    if (this.#phase !== "challenged") return undefined;
    const mismatch = this.#keyExchange?.mismatch;
    return mismatch === undefined ? this.#complete(now) : this.#fail(mismatch, now);
  }

  /** The phase has taken too long. */
  expire(now: EpochMillis): HandshakeStep | undefined {
    const { demanded, challenged } = timeoutTexts;
    const reason = this.#phase === "challenged" ? challenged : demanded;
    const step = this.#advance("overdue", now);
    return this.#phase === "failed" ? failed(reason) : step;
  }

  #fail(reason: string, now: EpochMillis): HandshakeStep {
    this.#advance("failed", now);
    return failed(reason);
  }

  /** Enters the phase after the event. */
  #advance(event: HandshakeEvent, now: EpochMillis): HandshakeStep | undefined {
    const from = this.#phase;
    this.#phase = nextHandshakePhase(from, event);
    if (from === "unopened") this.#startedAt = now;
    if (this.#phase !== from) this.prolong(now);
    // Who is attached anew gets the whole patience again; the agent's, who never learns of it, runs on.
    else if (event === "client-attached" && !this.isDemanded) this.prolong(now);
    if (this.#phase !== "open" || from === "open") return undefined;
    return { type: from === "offered" ? "skip" : "open" };
  }

  #complete(now: EpochMillis): HandshakeStep {
    this.#advance("completed", now);
    const timeToCompleteNs = Math.max(0, now - this.#startedAt) * nanosPerMilli;
    const payload = encodeHandshakeComplete({ timeToCompleteNs, customerMessage: this.#customerMessage });
    return { type: "complete", clientVersion: this.#clientVersion, payload };
  }

  get #customerMessage(): string {
    const { separateOutput = false } = this.#options;
    const isOld = compareVersions(this.#clientVersion, newestClientWithoutSeparateOutput) <= 0;
    const hint = separateOutput && isOld ? separateOutputHint : "";
    return this.#keyExchange === undefined ? hint : `${hint}This session is encrypted using AWS KMS.`;
  }

  get #isMultiplexed(): boolean {
    const { session, agentVersion } = this.#options;
    if (session.type !== "Port") return false;
    const type = session.properties?.type ?? "";
    return decideAgentPortFeatures(type, agentVersion, this.#clientVersion).mode === "mux";
  }

  #patienceMs(): number | undefined {
    const { limits, session } = this.#options;
    switch (this.#phase) {
      case "offered":
        return limits.responsePatienceMs;
      case "demanded":
      case "challenged":
        return limits.handshakeTimeoutMs;
      case "settling":
        if (session.type !== "Port") return limits.sizePatienceMs;
        // Until it has acknowledged the end of the handshake: one that is slow must not get that twice in a row.
        return this.#isMultiplexed ? limits.responsePatienceMs : limits.portPatienceMs;
      default:
        return undefined;
    }
  }
}

const timeoutTexts = {
  demanded:
    "Handshake timed out. Please ensure that you have the latest version of the session manager plugin.",
  challenged: "Timed out waiting for encryption challenge.",
} as const;

const separateOutputHint =
  "Please update session manager plugin version (minimum required version 1.2.312.0) for fully support of separate StdOut/StdErr output.\r\n";

function failed(reason: string): HandshakeStep {
  return { type: "fail", reason: `Encountered error while initiating handshake. ${reason}` };
}

/** The agent's words for the last action that failed on the client; undefined when none did. */
function failureIn({ actions }: HandshakeResponse): string | undefined {
  const action = actions.findLast(({ status }) => status !== actionStatus.success);
  if (action === undefined) return undefined;
  return `${action.actionType} failed on client with status ${action.status} error: ${action.error}`;
}
