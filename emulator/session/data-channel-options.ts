import type { SessionTypeParameters } from "../protocol/handshake.ts";
import type { DataChannelLimits } from "./data-channel-limits.ts";

/** What a data channel is for. */
export interface ChannelSession {
  readonly type: SessionTypeParameters["SessionType"];
  /** Of a port session: the document's resolved properties; null for the others. */
  readonly properties: Readonly<Record<string, string>> | null;
}

/** What KMS made of a client's encrypted data key. */
export type DataKey =
  | { readonly type: "data-key"; readonly plaintext: Uint8Array }
  /** `reason` is the service's error. */
  | { readonly type: "failed"; readonly reason: string };

/** How a session is encrypted. @see data-channel reference, section 14 */
export interface ChannelEncryption {
  readonly kmsKeyId: string;
  /** 16 random bytes that a newer client puts into the context of its data key. */
  readonly challenge: Uint8Array;
  readonly decryptDataKey: (
    cipherText: Uint8Array,
    client: { readonly challengeAcknowledged: boolean },
  ) => DataKey;
  readonly randomBytes: (length: number) => Uint8Array;
}

export interface DataChannelOptions {
  readonly sessionId: string;
  /** Four numbers, e.g. `3.3.1957.0`. */
  readonly agentVersion: string;
  readonly newMessageId: () => string;
  /** A shell when absent. */
  readonly session?: ChannelSession;
  /**
   * `optional`, when absent: a client that does no handshake gets its session, too.
   * `required`: nothing begins, and nothing leaves, before the handshake; without one the session fails.
   */
  readonly handshake?: "optional" | "required";
  /** Goes with a required handshake only. */
  readonly encryption?: ChannelEncryption | undefined;
  /** A command's standard error and exit code leave apart from its output, which old clients do not know. */
  readonly separateOutput?: boolean;
  readonly limits?: Partial<DataChannelLimits>;
}
