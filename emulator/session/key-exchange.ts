import { Buffer } from "node:buffer";
import { ProtocolError } from "../errors.ts";
import { encodeEncryptionChallenge } from "../protocol/encryption-challenge.ts";
import type { ClientAction, HandshakeResponse } from "../protocol/handshake.ts";
import {
  decodeKmsResult,
  type EncryptedDataKey,
  encodeKmsParameters,
  kmsEncryptionAction,
} from "../protocol/kms-action.ts";
import { ChannelCipher, channelKeys, dataKeyBytes } from "./channel-cipher.ts";
import type { ChannelEncryption } from "./data-channel-options.ts";

const secretBytes = 64;

/** What came of a client's data key: the payload of the challenge to it, or the agent's words for one of no use. */
export type KeyAgreement =
  | { readonly type: "agreed"; readonly cipher: ChannelCipher; readonly challenge: Uint8Array }
  | { readonly type: "failed"; readonly reason: string };

/**
 * The server's part in agreeing on a session's keys, and the proof that the client has them.
 * @see data-channel reference, section 14; amazon-ssm-agent `agent/session/crypto/blockcipher.go`
 */
export class KeyExchange {
  readonly #encryption: ChannelEncryption;
  readonly #secret: Uint8Array;
  #cipher: ChannelCipher | undefined;
  #mismatch: string | undefined;

  constructor(encryption: ChannelEncryption) {
    this.#encryption = encryption;
    this.#secret = encryption.randomBytes(secretBytes);
  }

  /** What the client is asked for. */
  get action(): ClientAction {
    const { kmsKeyId, challenge } = this.#encryption;
    return { actionType: kmsEncryptionAction, parameters: encodeKmsParameters(kmsKeyId, challenge) };
  }

  /** Opens the data key that the client has got from KMS. */
  agree(response: HandshakeResponse): KeyAgreement {
    const sent = dataKeyIn(response);
    if (sent === undefined) return { type: "failed", reason: noDataKey };
    const { cipherText, challengeAcknowledged } = sent;
    const { decryptDataKey, randomBytes } = this.#encryption;
    const dataKey = decryptDataKey(cipherText, { challengeAcknowledged });
    if (dataKey.type === "failed") {
      const reason = `Unable to retrieve data key, Error when decrypting data key ${dataKey.reason}`;
      return fetchingFailed(reason);
    }
    const { plaintext } = dataKey;
    if (plaintext.length !== dataKeyBytes) {
      const size = plaintext.length - dataKeyBytes / 2;
      return fetchingFailed(`Error creating NewCipher, crypto/aes: invalid key size ${size}`);
    }
    this.#cipher = new ChannelCipher(channelKeys(plaintext, "agent"), randomBytes);
    const challenge = encodeEncryptionChallenge(this.#cipher.encrypt(this.#secret));
    return { type: "agreed", cipher: this.#cipher, challenge };
  }

  /** The agent's words for the last answer that was wrong; a right one after it comes too late. */
  get mismatch(): string | undefined {
    return this.#mismatch;
  }

  /** Whether this answers the challenge. */
  isAnswer(sealed: Uint8Array): boolean {
    const answer = this.#opened(sealed);
    if (answer?.equals(this.#secret) === true) return true;
    this.#mismatch = answer === undefined ? mismatches.sealed : mismatches.opened;
    return false;
  }

  #opened(sealed: Uint8Array): Buffer | undefined {
    try {
      return this.#cipher && Buffer.from(this.#cipher.decrypt(sealed));
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }
}

const mismatches = {
  sealed: "Error decrypting encrypted text, cipher: message authentication failed",
  opened: "Encryption challenge does not match!",
} as const;

/**
 * The agent comes to grief over a client that passes over the action.
 * @unverified The text; nothing but a real agent's trace of such a client would settle it.
 */
const noDataKey = "KMSEncryption failed on client with status 0 error: ";

function dataKeyIn({ actions }: HandshakeResponse): EncryptedDataKey | undefined {
  const action = actions.find(({ actionType }) => actionType === kmsEncryptionAction);
  try {
    return action && decodeKmsResult(action.result);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function fetchingFailed(reason: string): KeyAgreement {
  return { type: "failed", reason: `Fetching data key failed: ${reason}` };
}
