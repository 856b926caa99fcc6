import { Buffer } from "node:buffer";
import type { ReceivedMessage } from "../protocol/agent-message.ts";
import { decodeEncryptionChallenge } from "../protocol/encryption-challenge.ts";
import { decodeFlag } from "../protocol/flag.ts";
import {
  decodeHandshakeComplete,
  decodeHandshakeRequest,
  type HandshakeComplete,
  type HandshakeRequest,
} from "../protocol/handshake.ts";
import { payloadType } from "../protocol/payload-type.ts";

/** What the consumer of a session is given, and is to take before the next. */
export type ClientOutput =
  | { readonly type: "output"; readonly bytes: Uint8Array }
  | { readonly type: "stderr"; readonly bytes: Uint8Array }
  /** `bytes` is its text, which the plugin prints as it is. */
  | { readonly type: "exit-code"; readonly code: number; readonly bytes: Uint8Array }
  | { readonly type: "flag"; readonly value: number };

/** Bytes for the consumer; in an encrypted session those of the known types are {@link isSealed encrypted}. */
export interface ServerContent {
  readonly type: "content";
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/** What a server says in its stream. */
export type ServerMessage =
  | ServerContent
  | { readonly type: "flag"; readonly value: number }
  | { readonly type: "handshake-request"; readonly request: HandshakeRequest }
  | { readonly type: "handshake-complete"; readonly complete: HandshakeComplete }
  /** Encrypted; only asked of a client that has agreed to encrypt. */
  | { readonly type: "encryption-challenge"; readonly challenge: Uint8Array };

const sealedTypes: readonly number[] = [payloadType.output, payloadType.standardError, payloadType.exitCode];

/** Whether an encrypted session encrypts such content. @see data-channel reference, section 14 */
export function isSealed({ payloadType }: ServerContent): boolean {
  return sealedTypes.includes(payloadType);
}

/**
 * Reads a stream message on arrival, so that a bad one is refused before it has changed anything.
 * @throws ProtocolError `frame-malformed`
 * @see data-channel reference, section 6
 */
export function decodeServerMessage({ payloadType: type, payload }: ReceivedMessage): ServerMessage {
  switch (type) {
    case payloadType.handshakeRequest:
      return { type: "handshake-request", request: decodeHandshakeRequest(payload) };
    case payloadType.handshakeComplete:
      return { type: "handshake-complete", complete: decodeHandshakeComplete(payload) };
    case payloadType.encryptionChallengeRequest:
      return { type: "encryption-challenge", challenge: decodeEncryptionChallenge(payload) };
    case payloadType.flag:
      return { type: "flag", value: decodeFlag(payload) };
    default:
      // A copy: bytes may wait for their turn, and a view would keep the socket's whole read buffer.
      return { type: "content", payloadType: type, payload: Buffer.from(payload) };
  }
}

/** What the content is once it is decrypted. Payloads of unknown types are output, as in the plugin. */
export function clientOutput(type: number, bytes: Uint8Array): ClientOutput {
  if (type === payloadType.standardError) return { type: "stderr", bytes };
  const code = type === payloadType.exitCode ? exitCodeIn(bytes) : undefined;
  return code === undefined ? { type: "output", bytes } : { type: "exit-code", code, bytes };
}

function exitCodeIn(bytes: Uint8Array): number | undefined {
  const code = /^EXIT_CODE: (-?\d{1,10})\s*$/.exec(Buffer.from(bytes).toString())?.[1];
  return code === undefined ? undefined : Number(code);
}
