import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";
import { ProtocolError } from "../errors.ts";

/** A data key: one half for each direction. @see data-channel reference, section 14 */
export const dataKeyBytes = 64;

/** Keys of one end of the channel, 32 bytes each. */
export interface ChannelKeys {
  readonly encrypt: Uint8Array;
  readonly decrypt: Uint8Array;
}

/** Keys of each end: the agent encrypts with the first half of the data key, the client with the second. */
export function channelKeys(dataKey: Uint8Array, end: "agent" | "client"): ChannelKeys {
  const first = dataKey.subarray(0, dataKeyBytes / 2);
  const second = dataKey.subarray(dataKeyBytes / 2, dataKeyBytes);
  return end === "agent" ? { encrypt: first, decrypt: second } : { encrypt: second, decrypt: first };
}

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** By how many bytes a payload grows when it is encrypted. */
export const sealBytes = nonceBytes + tagBytes;

/**
 * Encrypts and decrypts payloads at one end of the channel: nonce, ciphertext and tag, one behind the other.
 * The nonces are random in both directions; the agent counts up from a random start, which nobody can tell.
 * @see data-channel reference, section 14; session-manager-plugin `src/encryption/encrypter.go`
 */
export class ChannelCipher {
  readonly #keys: ChannelKeys;
  readonly #randomBytes: (length: number) => Uint8Array;

  constructor(keys: ChannelKeys, randomBytes: (length: number) => Uint8Array) {
    this.#keys = keys;
    this.#randomBytes = randomBytes;
  }

  encrypt(plain: Uint8Array): Uint8Array {
    const nonce = this.#randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#keys.encrypt, nonce, { authTagLength: tagBytes });
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws ProtocolError `frame-malformed` for what was not encrypted with the other end's key */
  decrypt(sealed: Uint8Array): Uint8Array {
    if (sealed.length < sealBytes) {
      throw new ProtocolError(
        "frame-malformed",
        `Expected at least ${sealBytes} encrypted bytes, got ${sealed.length}`,
      );
    }
    const nonce = sealed.subarray(0, nonceBytes);
    const decipher = createDecipheriv(algorithm, this.#keys.decrypt, nonce, { authTagLength: tagBytes });
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    } catch {
      throw new ProtocolError(
        "frame-malformed",
        "Expected a payload encrypted with the session's key, got another",
      );
    }
  }
}
